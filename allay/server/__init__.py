"""Room 5, server: settings, routes, the web process and the `allay` command. May import every room."""
