//go:build !unix

package store

import "io/fs"

// inode is not known here.
func inode(fs.FileInfo) string { return "" }
