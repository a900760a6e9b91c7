package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// The sink and the proxy are processes of their own: this program, started again with
// childEnv set. A child says its address on the first line of its output, and answers
// each line of its input with its counts since the one before. It ends with its input,
// so none outlives us.
const childEnv = "BROADSHEET_BENCH_CHILD"

// role is what a child is to be.
type role struct {
	What     string        // "sink", "proxy", "send" or "gofeed"
	Chunking bool          // a sink's: offers CHUNKING
	Look     time.Duration // a sink's: how often it looks at a connection; 0: as soon as something comes
	To       string        // a proxy's: where it passes connections on to
	Delay    time.Duration // a proxy's: for how long it holds each reply back
	Dir      string        // a send's, or gofeed's: the newsroom
	Profile  string        // a send's: the file for its processor profile
}

// counts are what a child saw since it was asked last. Times are of the machine's
// clock, which we share with it.
type counts struct {
	Messages int64
	Bytes    int64         // of messages, as they were on the wire
	First    time.Time     // when the first message had been taken
	CPU      time.Duration // user and system time of the child
}

func runChild(text string) error {
	var r role
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return err
	}
	switch r.What {
	case "send":
		return profiledSend(r)
	case "gofeed":
		return gofeedAlone(r)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	s := &sink{chunking: r.Chunking, look: r.Look}
	if r.What == "proxy" {
		go accept(l, func(near net.Conn) { pass(near, r.To, r.Delay) })
	} else {
		runtime.GOMAXPROCS(1) // it is to be no bottleneck, and no burden: waking its own threads cost a third of its time
		go accept(l, s.serve)
	}
	used := time.Duration(0)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		c := s.take()
		now := processorTime()
		c.CPU, used = now-used, now
		if err := json.NewEncoder(os.Stdout).Encode(c); err != nil {
			return err
		}
	}
	return nil
}

func accept(l net.Listener, serve func(net.Conn)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go serve(conn)
	}
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// child is one that runs.
type child struct {
	address string
	in      io.WriteCloser
	out     *bufio.Reader
}

func startChild(b testing.TB, r role) *child {
	b.Helper()
	cmd := childCommand(context.Background(), b, r)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c := &child{in: in, out: bufio.NewReader(out)}
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	address, err := c.out.ReadString('\n')
	if err != nil {
		b.Fatalf("the %s does not start: %v", r.What, err)
	}
	c.address = address[:len(address)-1]
	return c
}

func childCommand(ctx context.Context, b testing.TB, r role) *exec.Cmd {
	b.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	cmd.Stderr = os.Stderr
	return cmd
}

// counts asks the child what it saw since it was asked last.
func (c *child) counts(b testing.TB) counts {
	b.Helper()
	got, err := c.ask()
	if err != nil {
		b.Fatalf("a child does not answer: %v", err)
	}
	return got
}

func (c *child) ask() (got counts, err error) {
	if _, err := fmt.Fprintln(c.in); err != nil {
		return got, err
	}
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		return got, err
	}
	return got, json.Unmarshal(line, &got)
}
