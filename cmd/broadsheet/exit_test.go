package main

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// TestStopOnSignal: once the first interrupt has ended the context, the second one
// kills, however soon it comes.
func TestStopOnSignal(t *testing.T) {
	for range 20 {
		c := exec.CommandContext(t.Context(), "interrupted")
		out, err := c.CombinedOutput()
		status, ok := c.ProcessState.Sys().(syscall.WaitStatus)
		if !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// interrupted is a program that is interrupted, and again as soon as it knows.
func interrupted() {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		panic(err)
	}
	ctx, stop := stopOnSignal(context.Background())
	defer stop()
	context.AfterFunc(ctx, func() { _ = self.Signal(os.Interrupt) })
	_ = self.Signal(os.Interrupt)
	<-time.After(10 * time.Second) // it is dead long before
	os.Exit(Failed)
}
