"""Pure arithmetic and decisions of the orders room: no rows, no clock. Tables: docs/algorithms/orders.md."""
