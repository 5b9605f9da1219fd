//go:build !linux

package main

import "time"

// adoptOrphans does nothing: background processes can't be adopted here.
func adoptOrphans() error { return nil }

// awaitOrphans gives background processes time to end.
func awaitOrphans() { time.Sleep(200 * time.Millisecond) }
