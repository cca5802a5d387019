"""What the browser's tests are made of: one noun a file."""
