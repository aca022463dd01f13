//! JavaScript of the Code node, in child processes that can be killed.
