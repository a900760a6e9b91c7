package torture

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

// TestCanary sends addresses that cannot be mistaken through all that happens to
// readers: import, sign-up on an unlocked and on a locked node, a mailing, refusals
// that repeat the address, kill -9 in the middle, a change of the key, a copy of the
// files, and a crash that asks for a core. Then it looks for them, in every writing, in
// all that is on the disk. The program that seals nothing shows that it would find them.
func TestCanary(t *testing.T) {
	t.Run("sealed", func(t *testing.T) {
		if hits := newAviary(t, plain(t)).fly(); len(hits) > 0 {
			t.Errorf("a taken disk reveals readers:\n%s", strings.Join(hits, "\n"))
		}
	})
	t.Run("sealed in PostgreSQL", func(t *testing.T) {
		if hits := newAviary(t, plain(t)).inPostgres().fly(); len(hits) > 0 {
			t.Errorf("a taken disk reveals readers:\n%s", strings.Join(hits, "\n"))
		}
	})
	t.Run("unsealed in PostgreSQL", func(t *testing.T) {
		hits := strings.Join(newAviary(t, unsealedBinary(t)).inPostgres().fly(), "\n")
		for _, where := range []string{"data/base/", "data/pg_wal/"} {
			if !strings.Contains(hits, where) {
				t.Errorf("the search does not find in %s what is not sealed there:\n%s", where, hits)
			}
		}
	})
	t.Run("unsealed", func(t *testing.T) {
		hits := strings.Join(newAviary(t, unsealedBinary(t)).fly(), "\n")
		for _, where := range []string{"broadsheet.db", "copy"} {
			if !strings.Contains(hits, where) {
				t.Errorf("the search does not find in %s what is not sealed there:\n%s", where, hits)
			}
		}
	})
}

// aviary is a newsroom full of canaries.
type aviary struct {
	*room
	t     *testing.T
	key   string
	birds []string // local parts, each at a domain of its own
	relay *echo
	logs  string // folder of what programs have said
	runs  int
	web   string
	given []string // to a send: the key, where no serve does it

	inServer bool // the list is in PostgreSQL, whose folder is searched too
}

func newAviary(t *testing.T, binary string) *aviary {
	a := &aviary{room: newRoom(t, t.TempDir(), 1), t: t, relay: newEcho(t), web: freeAddress(t)}
	a.binary, a.env = binary, []string{"GOTRACEBACK=crash"}
	a.logs = filepath.Join(a.home, "logs")
	if err := os.Mkdir(a.logs, 0o700); err != nil {
		t.Fatal(err)
	}
	a.set(a.relay.address, settings{"resend", 1, 1})
	text, err := os.ReadFile(a.config())
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(a.dir, "broadsheet.key")
	raw, err := os.ReadFile(key)
	if err == nil {
		err = os.Remove(key)
	}
	yaml, _, _ := strings.Cut(string(text), "listen: ")
	yaml = "key: unlock\nsign_up: {work: 0}\n" + yaml + fmt.Sprintf("listen: {web: %q, ops: %q}\n", a.web, freeAddress(t))
	if err == nil {
		err = os.WriteFile(a.config(), []byte(yaml), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	a.key = string(raw)
	return a
}

// inPostgres puts the list into PostgreSQL, whose files and log are searched, too.
func (a *aviary) inPostgres() *aviary {
	a.t.Helper()
	a.env = append(a.env, "CANARY_DSN="+storetest.PostgresEmpty(a.t))
	a.inServer, a.given = true, []string{"--key", a.keyFile()}
	text, err := os.ReadFile(a.config())
	if err == nil {
		err = os.WriteFile(a.config(), append([]byte("database: env:CANARY_DSN\n"), text...), 0o600)
	}
	if err != nil {
		a.t.Fatal(err)
	}
	return a
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// bird makes a canary, and remembers it. Its fate is what the relay makes of it.
func (a *aviary) bird(fate string) (address string) {
	raw := make([]byte, 24)
	rand.Read(raw)
	local, domain := "c"+hex.EncodeToString(raw[:12]), "d"+hex.EncodeToString(raw[12:])+fate
	a.birds = append(a.birds, local, domain)
	return local + "@" + domain + ".example"
}

// told runs the program with a standard input, and keeps what it says for the search.
// An answer that holds a canary because it was asked for is not kept.
func (a *aviary) told(input string, codes []int, args ...string) {
	a.t.Helper()
	c := a.command(args...)
	c.Stdin = strings.NewReader(input)
	out, _ := c.CombinedOutput()
	a.runs++
	if err := os.WriteFile(filepath.Join(a.logs, fmt.Sprintf("run-%d.log", a.runs)), out, 0o600); err != nil {
		a.t.Fatal(err)
	}
	for _, code := range codes {
		if c.ProcessState.ExitCode() == code {
			return
		}
	}
	a.t.Fatalf("broadsheet %s: exit code %d\n%s", strings.Join(args, " "), c.ProcessState.ExitCode(), out)
}

var done = []int{exitDone}

// serve starts the daemon, which may leave a core, and waits until it listens.
func (a *aviary) serve() *exec.Cmd {
	a.t.Helper()
	c := a.command("serve", "-v")
	c.Args = append([]string{"sh", "-c", `ulimit -c unlimited; exec "$0" "$@"`}, c.Args...)
	c.Path, c.Dir = "/bin/sh", a.home
	a.runs++
	log, err := os.Create(filepath.Join(a.logs, fmt.Sprintf("serve-%d.log", a.runs)))
	if err != nil {
		a.t.Fatal(err)
	}
	defer log.Close()
	c.Stderr = log
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err == nil {
		_, err = bufio.NewReader(out).ReadString('\n')
	}
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = c.Process.Kill() })
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return c
}

func (a *aviary) signUp(address string) {
	a.t.Helper()
	answer, err := http.PostForm("http://"+a.web+"/subscribe", url.Values{"email": {address}, "newsletter": {"weekly"}})
	if err != nil || answer.StatusCode != http.StatusOK {
		a.t.Fatalf("sign-up: %v, %v", answer, err)
	}
	answer.Body.Close()
}

// fly lets everything happen, and returns where canaries are found.
func (a *aviary) fly() []string {
	csv := "email,name\n"
	for _, fate := range []string{takes, takes, refuses, takes, puts, takes, refuses, takes, takes} {
		b := a.bird(fate)
		csv += b + "," + strings.Split(b, "@")[0] + " Bird\n"
	}
	a.told(csv, done, "subscribers", "import", "-", "--basis", "word", "--key", a.keyFile())
	a.told("", done, "draft")
	a.told("", done, "approve", "weekly", "--yes")

	s := a.serve() // locked
	a.signUp(a.bird(takes))
	a.relay.awaitTo(a.t, a.birds[len(a.birds)-2]) // the confirmation, from memory
	a.told(a.key, done, "unlock")
	a.signUp(a.bird(takes))
	a.relay.await(a.t, 2)
	a.relay.stallAfter(3)
	sending, stop := context.WithCancel(a.t.Context())
	var beside sync.WaitGroup
	beside.Go(func() {
		c := exec.CommandContext(sending, a.binary, append([]string{"-C", a.dir, "send", "weekly", "--yes"}, a.given...)...)
		c.Env = append(os.Environ(), a.env...)
		_, _ = c.CombinedOutput()
	})
	a.relay.awaitStall(a.t)
	a.end(s, syscall.SIGKILL)
	stop()
	beside.Wait()
	a.relay.flow()

	s = a.serve()           // locked, and it cannot know whom the dead one has asked
	a.signUp(a.bird(takes)) // it waits
	a.told(a.key, done, "unlock")
	a.told("", []int{exitDone, exitIncomplete}, append([]string{"send", "weekly", "--yes", "--wait", "1s"}, a.given...)...)
	a.told(a.key, done, "keys", "rotate", "--key", "-", "--out", filepath.Join(a.t.TempDir(), "new.key"))
	a.signUp(a.bird(takes))
	a.told("", done, "lock", "--now")
	if err := os.CopyFS(filepath.Join(a.home, "copy"), os.DirFS(a.dir)); err != nil && !strings.Contains(err.Error(), "broadsheet.sock") {
		a.t.Fatal(err)
	}
	a.end(s, syscall.SIGABRT)
	hits := append(a.search(a.dir), a.search(a.home)...)
	if a.inServer {
		hits = append(hits, a.search(storetest.PostgresFolder(a.t))...)
	}
	return hits
}

// keyFile is the key in a file that is on another disk: it is not searched.
func (a *aviary) keyFile() string {
	file := filepath.Join(a.t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(a.key), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return file
}

func (a *aviary) end(s *exec.Cmd, how syscall.Signal) {
	a.t.Helper()
	if err := s.Process.Signal(how); err != nil {
		a.t.Fatal(err)
	}
	_ = s.Wait()
}

// echo is a relay that repeats addresses in all that it says, takes some, and puts
// others off or refuses them.
type echo struct {
	address string

	mu     sync.Mutex
	turn   *sync.Cond
	took   int
	to     []string
	stalls int // after so many more; below 0: never
	stood  bool
}

// What the relay makes of an address, by the end of its domain.
const (
	takes   = "k"
	refuses = "r"
	puts    = "p" // off
)

const echoPatience = time.Minute

func newEcho(t *testing.T) *echo {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &echo{address: l.Addr().String(), stalls: -1}
	e.turn = sync.NewCond(&e.mu)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { defer c.Close(); e.talk(c) })
		}
	})
	t.Cleanup(func() { l.Close(); e.flow(); all.Wait() })
	return e
}

func (e *echo) talk(c net.Conn) {
	in, to := bufio.NewReader(c), ""
	say := func(format string, args ...any) { fmt.Fprintf(c, format+"\r\n", args...) }
	say("220 echo")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(word) {
		case "EHLO":
			say("250 echo")
		case "RCPT":
			to = strings.Trim(rest[strings.Index(rest, ":")+1:], "<> ")
			switch {
			case strings.HasSuffix(to, refuses+".example"):
				say("550 5.1.1 <%s>: Recipient address rejected: %s unknown", to, strings.Split(to, "@")[0])
			case strings.HasSuffix(to, puts+".example"):
				say("451 4.2.1 %s is busy, said %s", to, strings.ToUpper(to))
			default:
				say("250 2.1.5 <%s> ok", to)
			}
		case "DATA":
			say("354 go")
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			e.take(to)
			say("250 2.0.0 queued as %s for <%s>", strings.Split(to, "@")[0], to)
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// take counts a message, or stands still before it is said to be taken.
func (e *echo) take(to string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stalls == 0 {
		e.stood = true
		e.turn.Broadcast()
	}
	for e.stalls == 0 {
		e.turn.Wait()
	}
	if e.stalls > 0 {
		e.stalls--
	}
	e.took++
	e.to = append(e.to, to)
	e.turn.Broadcast()
}

func (e *echo) stallAfter(n int) { e.mu.Lock(); e.stalls = n; e.mu.Unlock() }
func (e *echo) flow()            { e.mu.Lock(); e.stalls = -1; e.turn.Broadcast(); e.mu.Unlock() }

// until waits for a condition.
func (e *echo) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.AfterFunc(echoPatience, func() { e.mu.Lock(); e.turn.Broadcast(); e.mu.Unlock() })
	defer late.Stop()
	began := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	for !is() {
		if time.Since(began) >= echoPatience {
			t.Fatalf("the relay waits in vain for %s", what)
		}
		e.turn.Wait()
	}
}

func (e *echo) await(t *testing.T, n int) {
	e.until(t, "mail", func() bool { return e.took >= n })
}
func (e *echo) awaitStall(t *testing.T) { e.until(t, "a mailing", func() bool { return e.stood }) }

func (e *echo) awaitTo(t *testing.T, local string) {
	e.until(t, "a confirmation", func() bool {
		for _, to := range e.to {
			if strings.HasPrefix(to, local) {
				return true
			}
		}
		return false
	})
}
