"""`make emulate`: deploy the built template on MiniStack, an independent emulator of AWS, and run both flows there."""
