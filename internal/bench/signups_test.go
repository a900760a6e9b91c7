package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // driver "sqlite"
)

// What a second of sign-ups is to be, how many come, and how long one may take.
const (
	signUpGoal = 2000
	signUpRate = 2050 // a few more: by chance fewer come in some runs, and the last answer takes its time
	signUpSlow = 50 * time.Millisecond
	workBits   = 14 // as the configuration has it where it says nothing
)

// BenchmarkSignUps has visitors sign up at a running "broadsheet serve" while it sends a
// mailing, and each of the two alone.
func BenchmarkSignUps(b *testing.B) {
	seconds := sized(20, 4)
	people := sized(600_000, 40_000)
	sec := newSection(9, "Sign-ups, while a mailing is being sent", fmt.Sprintf("`broadsheet serve`"+` with an edition of 40 kB to %s readers under way (10 connections,
window 16, to our own sink), and %s sign-ups a second for %d seconds: forms, by HTTP on loopback, over connections that are kept.
Visitors come when they come (Poisson), whether those before are answered or not, and each counts from the moment at which the
form was to be sent, so that a server that stalls is charged with all who wait. Each brings the work of a browser (%d bits), done
before the run, as it is done elsewhere; a proxy that is named in the configuration says which network each comes from; the limits by
hour are raised, since %s a second are beyond them. All are taken in meanwhile, and mailed to for their yes. Server, sink and visitors
share the cores. At the end serve is killed (-9), and every sign-up that was answered has to be in the database.`,
		figure(float64(people), 0), figure(signUpRate, 0), seconds, workBits, figure(signUpRate, 0)),
		"what", "sign-ups/s", "p50, ms", "p99, ms", "p99.9, ms", "slowest, ms", "mailing, messages/s", "serve's processors", "load average", "runs")
	var visitors []visitor
	for _, t := range []struct {
		name            string
		mail, signingUp bool
	}{{"the mailing alone", true, false}, {"sign-ups alone", false, true}, {"both", true, true}} {
		b.Run(t.name, func(b *testing.B) {
			for b.Loop() {
				var come []visitor
				if t.signingUp {
					if visitors == nil {
						visitors = prepareVisitors(b, people, seconds*signUpRate)
					}
					come = visitors
				}
				var f signUpFigures
				rounds(b, 2*time.Minute, func() { f.measure(b, people, t.mail, come, seconds) })
				f.tell(b, sec, t.name)
				if t.mail && t.signingUp {
					sec.goal("durable sign-ups, while a mailing is being sent", figure(signUpGoal, 0)+" a second", f.rate.text(0), f.rate.median() >= signUpGoal)
					sec.goal("p99 of these", "under 50 ms", f.p99.text(1)+" ms", f.p99.median() < float64(signUpSlow.Milliseconds()))
				}
			}
		})
	}
}

// signUpFigures are those of runs of one kind.
type signUpFigures struct{ rate, p50, p99, p999, worst, mailed, cores, load series }

func (f *signUpFigures) tell(b *testing.B, sec *section, what string) {
	b.Helper()
	report(b, f.rate, "signups/s")
	report(b, f.p50, "p50-ms")
	report(b, f.p99, "p99-ms")
	report(b, f.mailed, "messages/s")
	sec.row(what, f.rate.text(0), f.p50.text(1), f.p99.text(1), f.p999.text(1), f.worst.text(0), f.mailed.text(0), f.cores.text(2), f.load.text(1), fmt.Sprint(len(f.load)))
}

// measure runs serve, with a mailing or without, and visitors or none (nil).
func (f *signUpFigures) measure(b *testing.B, people int, mail bool, visitors []visitor, seconds int) {
	b.Helper()
	load, _ := strconv.ParseFloat(loadAverage(), 64)
	f.load.add(load)
	s := startServe(b, people)
	defer s.end(b)
	if mail {
		s.order(b)
	}
	s.sink.counts(b)
	begun := time.Now()
	if visitors != nil {
		took, refused := arrive(b, s.web, visitors, time.Duration(seconds)*time.Second)
		span := time.Since(begun)
		if refused > 0 {
			b.Errorf("%d of %d sign-ups were not taken", refused, len(visitors))
		}
		slices.Sort(took)
		f.rate.add(float64(len(took)) / span.Seconds())
		for at, of := range map[float64]*series{0.5: &f.p50, 0.99: &f.p99, 0.999: &f.p999, 1: &f.worst} {
			of.add(float64(took[int(at*float64(len(took)-1))].Microseconds()) / 1e3)
		}
	} else {
		<-time.After(time.Duration(seconds) * time.Second) // as long as the sign-ups take
	}
	messages := s.sink.counts(b).Messages
	span := time.Since(begun)
	s.kill(b)
	used := s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()
	f.cores.add(used.Seconds() / time.Since(s.begun).Seconds())
	kept, letters := s.room.taken(b)
	if want := len(visitors); kept != want {
		b.Errorf("%d sign-ups were answered, %d are in the database", want, kept)
	}
	if mail {
		f.mailed.add(float64(messages-letters) / span.Seconds())
	}
}

// serving is a running "broadsheet serve".
type serving struct {
	room   *room
	sink   *child
	cmd    *exec.Cmd
	sender *exec.Cmd
	begun  time.Time
	errs   bytes.Buffer
	web    string
}

var webAddress = regexp.MustCompile(`pages at (http://\S+)`)

func startServe(b *testing.B, people int) *serving {
	b.Helper()
	s := &serving{sink: startChild(b, role{What: "sink"}), room: newRoom(b, people, false)}
	s.room.relay, s.room.connections, s.room.window = s.sink.address, 10, 16
	s.room.more = fmt.Sprintf("listen: {web: %q, ops: %q, proxies: [127.0.0.0/8]}\nsign_up: {work: %d, in_all: 100000000, per_network: 1000}\n",
		freeAddress(b), freeAddress(b), workBits)
	s.room.configure(b)
	s.cmd = s.room.command(context.Background(), b, "serve")
	s.cmd.Stderr = &s.errs
	s.begun = time.Now()
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	found := webAddress.FindStringSubmatch(line)
	if found == nil {
		b.Fatalf("serve begins with %q (%v)\n%s", line, err, lastLines(&s.errs))
	}
	s.web = found[1]
	return s
}

// freeAddress is an address of loopback that nobody listened on a moment ago.
func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// order has the edition sent, and waits until the first of it has come.
func (s *serving) order(b *testing.B) {
	b.Helper()
	s.sender = s.room.command(context.Background(), b, "send", edition, "--json")
	if err := s.sender.Start(); err != nil {
		b.Fatal(err)
	}
	look := time.NewTicker(20 * time.Millisecond) // the sink is another process
	defer look.Stop()
	for s.sink.counts(b).Messages == 0 {
		if (<-look.C).After(ends) {
			b.Fatalf("nothing is sent\n%s", lastLines(&s.errs))
		}
	}
}

// kill ends serve as a power cut of the program would.
func (s *serving) kill(b *testing.B) {
	b.Helper()
	for _, cmd := range []*exec.Cmd{s.sender, s.cmd} {
		if cmd != nil && cmd.ProcessState == nil {
			_ = cmd.Process.Signal(syscall.SIGKILL)
			_ = cmd.Wait()
		}
	}
}

func (s *serving) end(b *testing.B) {
	b.Helper()
	s.kill(b)
	if text := s.errs.String(); strings.Contains(text, "level=ERROR") {
		b.Errorf("serve says:\n%s", lastLines(strings.NewReader(text)))
	}
	s.room.remove(b)
}

// taken counts the sign-ups that the database holds, taken in or not, and the letters
// that went out.
func (r *room) taken(b *testing.B) (signUps int, letters int64) {
	b.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: filepath.Join(r.dir, "broadsheet.db")}).String())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	err = errors.Join(
		db.QueryRow(`SELECT (SELECT COUNT(*) FROM sign_up) + (SELECT COUNT(*) FROM subscription WHERE state = 'pending')`).Scan(&signUps),
		db.QueryRow(`SELECT COUNT(*) FROM letter WHERE state = 'accepted'`).Scan(&letters))
	if err != nil {
		b.Fatal(err)
	}
	return signUps, letters
}

// visitor is one sign-up, ready to be posted.
type visitor struct {
	body    string
	network string // the address that the proxy saw
}

// prepareVisitors does the work of so many browsers.
func prepareVisitors(b *testing.B, people, n int) []visitor {
	b.Helper()
	challenge := challengeOf(b, people)
	all := make([]visitor, n)
	var both sync.WaitGroup
	for part := range 2 {
		both.Go(func() {
			for i := part; i < n; i += 2 {
				address := fmt.Sprintf("visitor%d@reader%d.example", i, i%50)
				form := url.Values{"email": {address}, "newsletter": {"weekly"}, "page": {"subscribe"}, "challenge": {challenge}, "answer": {solve(challenge, address)}}
				all[i] = visitor{form.Encode(), fmt.Sprintf("10.%d.%d.%d", i>>16&0xff, i>>8&0xff, i&0xff)}
			}
		})
	}
	both.Wait()
	return all
}

var challengeField = regexp.MustCompile(`name="challenge" value="([^"]+)"`)

// challengeOf is what the sign-up page of such a newsroom asks browsers to work on.
func challengeOf(b *testing.B, people int) string {
	b.Helper()
	s := startServe(b, people)
	defer s.end(b)
	answer, err := http.Get(s.web + "/subscribe")
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	found := challengeField.FindSubmatch(page)
	if found == nil {
		b.Fatalf("the page has no challenge (%v): %s", err, page)
	}
	return string(found[1])
}

// solve does the work of a browser.
func solve(challenge, address string) string {
	text := []byte(challenge + "\n" + address + "\n")
	head := len(text)
	for i := 0; ; i++ {
		text = strconv.AppendInt(text[:head], int64(i), 10)
		sum := sha256.Sum256(text)
		if binary.BigEndian.Uint32(sum[:])>>(32-workBits) == 0 {
			return string(text[head:])
		}
	}
}

// arrive has all visitors sign up within a span, each when it comes, and says how long
// each took from the moment that it was to be sent; and how many were not taken.
func arrive(b *testing.B, web string, visitors []visitor, span time.Duration) (took []time.Duration, refused int) {
	b.Helper()
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		MaxIdleConnsPerHost: 10_000, DisableCompression: true,
		DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
	}}
	defer client.CloseIdleConnections()
	took = make([]time.Duration, len(visitors))
	ok := make([]bool, len(visitors))
	mean := float64(span) / float64(len(visitors))
	var all sync.WaitGroup
	at := time.Now()
	for i, v := range visitors {
		at = at.Add(time.Duration(rand.ExpFloat64() * mean))
		if wait := time.Until(at); wait > 0 {
			<-time.After(wait) // a visitor comes at a time, whatever became of those before
		}
		due := at
		all.Go(func() {
			ok[i] = signUp(client, web, v)
			took[i] = time.Since(due)
		})
	}
	all.Wait()
	for _, taken := range ok {
		if !taken {
			refused++
		}
	}
	return took, refused
}

// signUp posts one, and tells whether it was taken.
func signUp(client *http.Client, web string, v visitor) bool {
	req, err := http.NewRequest(http.MethodPost, web+"/subscribe", strings.NewReader(v.body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", v.network)
	answer, err := client.Do(req)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return err == nil && answer.StatusCode == http.StatusOK
}
