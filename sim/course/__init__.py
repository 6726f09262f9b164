"""Strategic management (战略管理): which strategy holds where from which day, and how it is handed down."""
