"""The desks of the page: Plan, Study and Teach, each a function `show(page)`."""
