package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
)

// BenchmarkFeeds reads the sources of a newspaper and stores their stories, and reads
// them again; gofeed alone, which repairs, cleans and stores nothing, reads the same.
func BenchmarkFeeds(b *testing.B) {
	size := 0
	for i := range newsFeeds {
		size += len(newsFeed(i))
	}
	sec := newSection(8, "Reading sources", fmt.Sprintf("`broadsheet fetch` of %d feeds of %d items as files: RSS, Atom and JSON Feed with the whole text of each story,\n"+
		"%.1f MB, %.1f kB an item. Each is decoded, repaired, parsed, its HTML rebuilt, a teaser and a picture found, and stored with\n"+
		"`synchronous=FULL`: the whole process, its start, its opening of the database and its end included; then the same again, of which\n"+
		"nothing is new. gofeed alone is a process that parses the same files, as many at once as there are cores, and stores nothing.\n"+
		"Memory is the most that a process had resident (wait4). The pick from parsed feeds, with each format rendered, is in one process.", newsFeeds, newsItems, float64(size)/1e6, float64(size)/1e3/newsFeeds/newsItems),
		"", "seconds", "processor time, s", "memory, MiB", "runs")
	for b.Loop() {
		var first, again, start, alone, draft, show processes
		var week series
		rounds(b, 2*time.Minute, func() {
			r := newsRoom(b)
			defer r.remove(b)
			new(processes).add(b, r, "status") // makes the schema
			start.add(b, r, "status")
			first.fetch(b, r, newsFeeds*newsItems)
			again.fetch(b, r, 0)
			alone.gofeed(b, r)
			draft.add(b, r, "draft", "--no-fetch", "--as-of", "2026-11-27T08:30:00Z", "--json")
			show.add(b, r, "preview", "weekly")
			week.add(pickAndRender(b, r))
		})
		for _, kind := range []struct {
			name string
			processes
		}{
			{"fetch, every story new", first},
			{"fetch, none new", again},
			{"gofeed alone", alone},
			{"`draft`: the week read from the store, picked, stored", draft},
			{"`preview`: each format rendered, linted, written", show},
			{"a command that reads nothing (`status`)", start},
		} {
			sec.row(kind.name, kind.seconds.text(2), kind.cpu.text(2), kind.peak.text(0), fmt.Sprint(len(kind.seconds)))
		}
		what := fmt.Sprintf("%d feeds of %d items parsed and stored", newsFeeds, newsItems)
		sec.goal(what+", the whole process", "under 0.3 s", first.seconds.text(2)+" s", first.seconds.median() < 0.3)
		work := series{first.seconds.median() - start.seconds.median()}
		sec.goal("the same without what a command takes that reads nothing", "under 0.3 s", work.text(2)+" s", work.median() < 0.3)
		sec.told(what+", beside gofeed, which only parses", "", first.seconds.over(alone.seconds).text(2)+" times")
		sec.goal("memory of the whole process", "under 64 MiB", first.peak.text(0)+" MiB", first.peak.median() < 64)
		sec.goal("a week of them picked and rendered, from parsed feeds", "under 0.5 s", week.text(2)+" s", week.median() < 0.5)
		report(b, first.seconds, "s")
		report(b, first.cpu, "cpu-s")
		report(b, week, "s-pick")
		report(b, first.peak, "peak-MiB")
		report(b, again.seconds, "s-again")
		report(b, alone.seconds, "s-gofeed")
		report(b, alone.peak, "peak-MiB-gofeed")
	}
}

// newsRoom is a newsroom whose sources are those feeds, as files.
func newsRoom(b *testing.B) *room {
	b.Helper()
	r := &room{dir: filepath.Join(b.TempDir(), "room"), relay: "127.0.0.1:25", connections: 1, window: 1}
	r.must(b, "init", r.dir)
	r.configure(b)
	conf, err := os.ReadFile(filepath.Join(r.dir, "broadsheet.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	var sources strings.Builder
	for i := range newsFeeds {
		name := fmt.Sprintf("news%02d.feed", i)
		r.write(b, name, string(newsFeed(i)))
		fmt.Fprintf(&sources, "      - {name: news%02d, file: %s}\n", i, name)
	}
	r.write(b, "broadsheet.yaml", strings.Replace(string(conf), "      - file: feed.xml\n", sources.String(), 1))
	return r
}

// processes are what runs of one kind came to.
type processes struct{ seconds, cpu, peak series }

// add runs a command of the program.
func (p *processes) add(b *testing.B, r *room, args ...string) {
	b.Helper()
	ctx, stop := bounded(b)
	defer stop()
	p.run(b, r.command(ctx, b, args...))
}

func (p *processes) run(b *testing.B, cmd *exec.Cmd) []byte {
	b.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	forgetPeak()
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %v\n%s", cmd.Args, err, lastLines(&errs))
	}
	p.seconds.add(time.Since(begun).Seconds())
	p.cpu.add((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		p.peak.add(float64(u.Maxrss) * maxrssUnit / (1 << 20))
	}
	return out.Bytes()
}

// forgetPeak has what this process once took count for none that it begins: between fork
// and exec they share its memory, and Linux takes the most of that for theirs.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // proc(5); elsewhere there is nothing to forget
}

// fetch reads the sources, of which so many stories have to be new.
func (p *processes) fetch(b *testing.B, r *room, fresh int) {
	b.Helper()
	ctx, stop := bounded(b)
	defer stop()
	out := p.run(b, r.command(ctx, b, "fetch", "--json"))
	var reports []struct {
		Stories, New int
		Error        string
	}
	if err := json.Unmarshal(out, &reports); err != nil {
		b.Fatal(err)
	}
	all, isNew := 0, 0
	for _, x := range reports {
		all, isNew = all+x.Stories, isNew+x.New
	}
	if all != newsFeeds*newsItems || isNew != fresh {
		b.Fatalf("fetch: %d stories, %d new: %s", all, isNew, out)
	}
}

// gofeed parses the same files in a process of its own.
func (p *processes) gofeed(b *testing.B, r *room) {
	b.Helper()
	ctx, stop := bounded(b)
	defer stop()
	if out := p.run(b, childCommand(ctx, b, role{What: "gofeed", Dir: r.dir})); strings.TrimSpace(string(out)) != fmt.Sprint(newsFeeds*newsItems) {
		b.Fatalf("gofeed: %q items", out)
	}
}

// gofeedAlone is that process.
func gofeedAlone(r role) error {
	files, err := filepath.Glob(filepath.Join(r.Dir, "news*.feed"))
	if err != nil {
		return err
	}
	counts, failures := make([]int, len(files)), make([]error, len(files))
	var running sync.WaitGroup
	places := make(chan struct{}, 2)
	for i, file := range files {
		running.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			data, err := os.ReadFile(file)
			if err != nil {
				failures[i] = err
				return
			}
			f, err := gofeed.NewParser().Parse(bytes.NewReader(data))
			if err != nil {
				failures[i] = err
				return
			}
			counts[i] = len(f.Items)
		})
	}
	running.Wait()
	n := 0
	for i := range counts {
		if n += counts[i]; failures[i] != nil {
			return failures[i]
		}
	}
	fmt.Println(n)
	return nil
}
