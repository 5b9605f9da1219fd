//go:build unix && !linux

package memo

const fionread = 0x4004667f // FIONREAD of the BSDs: _IOR('f', 127, int)
