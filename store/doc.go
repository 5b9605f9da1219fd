// Package store keeps results in a directory.
//
// Files are the truth; there is no database and no daemon. A result is one
// file with a unique name in one of 4,096 shard directories. The name begins
// with the command key, so listing one shard finds the variants of a key and
// all keys of a command. A file is written under a temporary name in its
// shard and renamed; nothing is ever changed in place, and neither reading
// nor adding takes a lock. Whatever is wrong with a file makes it a miss with
// a reason, and the file is removed.
package store
