package newsroom_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestBadBesideGood: sources whose servers hang in each way there is, many more than any
// pool would have, hold up none of the good ones: those are read and stored while not one
// of the bad has come to an end. Nothing here is measured; the bad hang until they are let go.
func TestBadBesideGood(t *testing.T) {
	each(t, nil, badBesideGood)
}

func badBesideGood(t *testing.T, r *room) {
	release := make(chan struct{})
	letGo := sync.OnceFunc(func() { close(release) })
	hang := openWire(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path[:5] {
		case "/head": // no answer
		case "/half": // half of one
			io.WriteString(w, rss("bridge")[:200])
			w.(http.Flusher).Flush()
		case "/drip": // one that never ends, a byte at a time
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-release:
					return
				case <-r.Context().Done():
					return
				case <-tick.C:
					io.WriteString(w, " ")
					w.(http.Flusher).Flush()
				}
			}
		}
		<-release
	})
	mute := muteListener(t, release)
	good := openWire(t, feeds("bridge", "ferry"))
	t.Cleanup(letGo)
	var sources []string
	bad := map[string]bool{}
	add := func(name, address string) {
		sources = append(sources, fmt.Sprintf("{name: %s, url: %q, allow_private: true}", name, address))
		bad[name] = true
	}
	for i := range 6 {
		add(fmt.Sprintf("head%d", i), fmt.Sprintf("%s/head%d", hang.URL, i))
		add(fmt.Sprintf("half%d", i), fmt.Sprintf("%s/half%d", hang.URL, i))
		add(fmt.Sprintf("drip%d", i), fmt.Sprintf("%s/drip%d", hang.URL, i))
		add(fmt.Sprintf("tls%d", i), fmt.Sprintf("https://%s/%d", mute, i))
	}
	for i := range 20 {
		name := fmt.Sprintf("good%d", i)
		add(name, fmt.Sprintf("%s/%d", good.URL, i))
		delete(bad, name)
	}
	r.configure(settings{"sources": "[" + strings.Join(sources, ", ") + "]"})
	r.again()
	var reports []newsroom.SourceReport
	done := make(chan error, 1)
	go func() {
		got, err := r.n.Fetch(t.Context(), "")
		reports = got
		done <- err
	}()
	tried := func(want bool) (n int) {
		states, err := r.n.Store.SourceStates(t.Context(), "weekly")
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range states {
			if bad[st.Source] == want && !st.LastTry.IsZero() {
				n++
			}
		}
		return n
	}
	trial.Await(t, "the good are stored", func() bool { return tried(false) == 20 })
	if n := tried(true); n != 0 {
		t.Errorf("%d of the bad had ended before: did the good wait for them?", n)
	}
	letGo()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for _, s := range reports {
		if !bad[s.Source] && (s.Error != "" || s.Stories != 2) {
			t.Errorf("%+v", s)
		}
	}
}

// muteListener accepts connections and says nothing on them.
func muteListener(t *testing.T, release chan struct{}) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				<-release
				conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		open.Wait()
	})
	return l.Addr().String()
}

// TestLargeFeeds: a feed of 28 MB, of bombs of a gigabyte, and of items without end is
// read in part or refused, in clear words, for bounded memory; on the way that every feed
// goes, to its stored stories.
func TestLargeFeeds(t *testing.T) {
	const head, tail = `<rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link>`, "</channel></rss>"
	large, bomb := 28<<20, 1<<30
	if testing.Short() { // still more than is read
		large, bomb = 11<<20, 64<<20
	}
	item := func(i int) string {
		return fmt.Sprintf("<item><title>Story number %d</title><link>https://wire.example/%d</link></item>", i, i)
	}
	var full strings.Builder
	full.WriteString(head)
	for i := 0; full.Len() < large; i++ {
		full.WriteString(item(i))
	}
	full.WriteString(tail)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	mega := make([]byte, 1<<20)
	for range bomb >> 20 {
		w.Write(mega)
	}
	w.Close()
	brotlied, err := os.ReadFile("../fetch/testdata/gigabyte.br")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		encoding string
		body     []byte
		stories  int
		words    string
	}{
		"megabytes of items":       {"", []byte(full.String()), 2000, "the answer is larger than 10 MB, which is the most that is read: only the 2,000 stories"},
		"megabytes of empty items": {"", []byte(head + strings.Repeat("<item></item>", large/13) + tail), 0, "the answer is larger than 10 MB"},
		"megabytes of nesting":     {"", []byte(head + strings.Repeat("<item><a>", large/9)), 0, "the answer is larger than 10 MB"},
		"megabytes of one title":   {"", []byte(head + item(1) + "<item><title>" + strings.Repeat("word ", large/5)), 1, "only the story that came before is read"},
		"a bomb in gzip":           {"gzip", zipped.Bytes(), 0, "the answer is larger than 10 MB"},
		"a bomb in br":             {"br", brotlied, 0, "the answer is larger than 10 MB"},
	} {
		server := openWire(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", c.encoding)
			w.Write(c.body)
		})
		onSQLite(t, from(server.URL), func(t *testing.T, r *room) {
			var got newsroom.SourceReport
			all := trial.Allocated(func() { got = r.fetch() })
			if told := got.Error + strings.Join(got.Warnings, "; "); got.Stories != c.stories || !strings.Contains(told, c.words) {
				t.Errorf("%s: %d stories; %s", name, got.Stories, told)
			}
			t.Logf("%s: %d MB allocated in all", name, all>>20)
			if all > 256<<20 {
				t.Errorf("%s: %d MB allocated", name, all>>20)
			}
		})
	}
}

// TestFeedFiles: a feed file is a file of the newsroom's folder, or one that the
// configuration names elsewhere; never a link out of its folder, a pipe that nobody
// writes to, a device, a socket, a folder, or more than 10 MB.
func TestFeedFiles(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		elsewhere := t.TempDir()
		at := func(name string) string { return filepath.Join(r.dir, name) }
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		feed := []byte(rss("bridge"))
		must(os.WriteFile(filepath.Join(elsewhere, "wire.xml"), feed, 0o600))
		must(os.Symlink("wire.xml", filepath.Join(elsewhere, "latest.xml")))
		must(os.Mkdir(at("feeds"), 0o700))
		must(os.WriteFile(at("feeds/wire.xml"), feed, 0o600))
		must(os.Symlink("feeds/wire.xml", at("near.xml")))
		must(os.Symlink("../feeds/wire.xml", at("feeds/up.xml")))
		must(os.Symlink(filepath.Join(elsewhere, "wire.xml"), at("out.xml")))
		must(os.Symlink(elsewhere, at("outside")))
		must(os.Symlink("nothing.xml", at("dangling.xml")))
		must(os.Symlink(at("near.xml"), filepath.Join(elsewhere, "in.xml")))
		must(os.Symlink("/dev/zero", at("zero.xml")))
		must(syscall.Mkfifo(at("pipe.xml"), 0o600))
		must(os.Mkdir(at("folder.xml"), 0o700))
		must(os.WriteFile(at("large.xml"), bytes.Repeat([]byte(" "), 10<<20+1), 0o600))
		socket, err := net.Listen("unix", at("socket.xml"))
		must(err)
		defer socket.Close()
		for path, words := range map[string]string{
			"feeds/wire.xml": "", "near.xml": "", "feeds/up.xml": "", filepath.Join(elsewhere, "wire.xml"): "", filepath.Join(elsewhere, "latest.xml"): "",
			"out.xml": "leads out of the folder", "outside/wire.xml": "leads out of the folder", filepath.Join(elsewhere, "in.xml"): "leads out of the folder",
			"zero.xml": "leads out of the folder", "/dev/zero": "is not a file", "pipe.xml": "is not a file", "folder.xml": "is not a file",
			"socket.xml": "is not a file", "large.xml": "is larger than 10 MB", "dangling.xml": "there is no file", "none.xml": "there is no file",
		} {
			r.configure(settings{"sources": "[{name: wire, file: " + path + "}]"})
			r.again()
			got := r.fetch()
			if (got.Error == "") != (words == "") || !strings.Contains(got.Error, words) {
				t.Errorf("%s: %+v", path, got)
			}
		}
	})
}
