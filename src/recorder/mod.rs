//! What is not recorded cannot be judged: the last minute in memory at all times, and every phrase on disk while it is fenced.
