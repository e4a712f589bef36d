import { defineTool, ToolError, z } from 'portcullis-mcp'

export const tools = [
  defineTool({
    name: 'convert_temperature',
    title: 'Convert a temperature',
    description: 'Converts degrees Celsius to Fahrenheit. Use it when a user mixes the two scales.',
    input: z.object({ celsius: z.number().describe('Degrees Celsius') }),
    output: z.object({ fahrenheit: z.number() }),
    run: ({ celsius }) => {
      if (celsius < -273.15) throw new ToolError('celsius: nothing is colder than -273.15')
      return { fahrenheit: (celsius * 9) / 5 + 32 }
    }
  })
]
