"""What a person looks at: status, doctor."""
