"""What rules can do, a file each. `table.ACTIONS` has them all."""
