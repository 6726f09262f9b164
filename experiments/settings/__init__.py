"""From what the user wrote to a scenario: command line, overrides, options, composition."""
