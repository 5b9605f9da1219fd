// Package store keeps results in a directory.
//
// The store needs no database and no daemon. A result is one file with a unique
// name in one of 4,096 shard directories. The name begins with the command key,
// so listing one shard finds the variants of a key and all keys of a command.
// A writer creates the file under a temporary name in its shard and renames it;
// results never change in place, and neither readers nor writers take a lock. A
// damaged file is a miss with a reason, and is removed.
package store
