//go:build !linux

package storetest

import "os/exec"

// unprivileged changes nothing here: PostgreSQL runs as whoever runs the tests.
func unprivileged(cmd *exec.Cmd, folder string) error {
	cmd.Dir = folder
	return nil
}
