"""An invented share-house company, written as the bucket the pipeline reads: dumps, manifests, snapshots."""
