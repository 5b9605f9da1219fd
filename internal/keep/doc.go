// Package keep keeps one result fresh in the foreground, so that readers never
// wait for it.
//
// A [Keeper] tries in processes of their own, which are ordinary refreshes: they
// take the result's lock, look up again and keep the old result if the command
// fails. So a keeper that is killed leaves nothing half done, and a refresh that
// hangs or grows does not take the keeper along. The process prints an [Attempt],
// from which the keeper plans when to look again.
package keep
