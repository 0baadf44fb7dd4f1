"""Reports and dashboards that are sent regularly: to people and permission sets, each under his own access.

What is stored: `_report_subscription`. What flows: the clock notes a due time in the outbox → one entry for each
receiver → his letter, with table, picture and spreadsheet, and a notification.
"""
