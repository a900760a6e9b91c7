package ops

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// ProofOptions say what a proof shows.
type ProofOptions struct {
	Edition string       // any of its names
	File    string       // an editor's file that is not taken yet, shown as if it were; empty: none
	Say     func(Spoken) // what happens, for the terminal; nil: nobody asks
}

// Spoken is one thing that happened to a proof: it was rendered, or something is wrong.
type Spoken struct {
	At    time.Time
	Text  string
	Wrong bool
}

// trouble is what keeps an edition from being shown as its files have it now.
type trouble struct{ Title, Text string }

// The titles of troubles.
const (
	wrongRoom    = "A mistake in the newsroom’s files"
	wrongFile    = "A mistake in the editor’s file"
	wrongEdition = "The edition cannot be shown"
)

// proof is an edition that is rendered anew whenever what it is made of changes.
type proof struct {
	o   ProofOptions
	ref string // of the edition, whatever is newest by now
	id  int64

	// The watcher's own: see proofwatch.go.
	seen, settling stamps
	good           []byte // the editor's file as it last made an edition

	mu       sync.Mutex
	n        *newsroom.Newsroom // as its files last made sense
	shown    newsroom.Proof     // the last good one; without an edition where there was none
	at       time.Time          // when that was rendered
	room     *trouble           // nil: none
	troubles []trouble
	version  string // of all that the page shows
	changes  int
	renewed  chan struct{} // closed with the next version
}

// newProof renders an edition for the first time. The error is that there is no such
// edition; what else is wrong the page shows.
func newProof(ctx context.Context, n *newsroom.Newsroom, o ProofOptions) (*proof, error) {
	e, err := n.Edition(ctx, o.Edition)
	if err != nil {
		return nil, err
	}
	p := &proof{o: o, ref: e.Ref(), id: e.ID, n: n, renewed: make(chan struct{})}
	if p.o.Say == nil {
		p.o.Say = func(Spoken) {}
	}
	p.seen = p.look(ctx)
	p.settling = p.seen
	p.renew(ctx, n, nil)
	return p, nil
}

// reread reads the newsroom's files again, then renders.
func (p *proof) reread(ctx context.Context) {
	n, _ := p.now()
	again, err := n.Reread()
	if err != nil {
		p.renew(ctx, n, &trouble{wrongRoom, p.plain(err)})
		return
	}
	p.renew(ctx, again, nil)
}

// renew renders the edition and shows it. What does not render leaves the last good
// rendering where it is.
func (p *proof) renew(ctx context.Context, n *newsroom.Newsroom, room *trouble) {
	var wrong []trouble
	if room != nil {
		wrong = append(wrong, *room)
	}
	file, err := p.file()
	shown, failed := newsroom.Proof{}, err
	if err == nil {
		shown, failed = n.Proof(ctx, p.ref, file)
	}
	switch {
	case failed == nil:
		p.good = file
	case p.o.File != "":
		// The file, or the edition? Without the file it shows.
		if shown, err = n.Proof(ctx, p.ref, p.good); err != nil {
			shown, err = n.Proof(ctx, p.ref, nil)
		}
		if err == nil {
			wrong = append(wrong, trouble{wrongFile, p.o.File + ": " + p.plain(failed)})
			break
		}
		failed = err
		fallthrough
	default:
		wrong = append(wrong, trouble{wrongEdition, p.plain(failed)})
		shown = newsroom.Proof{}
	}
	if ctx.Err() == nil {
		p.show(n, shown, room, wrong)
	}
}

// show makes a new version of the page, and tells those who wait for one.
func (p *proof) show(n *newsroom.Newsroom, shown newsroom.Proof, room *trouble, wrong []trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.troubles
	p.n, p.room, p.troubles = n, room, wrong
	if shown.Edition != nil {
		p.shown, p.at = shown, n.Clock()
	}
	if p.version == "" {
		p.version = rand.Text()[:8] // another process, another page
	}
	p.changes++
	close(p.renewed)
	p.renewed = make(chan struct{})
	p.say(n.Clock(), before)
}

// say tells the terminal what the page shows now.
func (p *proof) say(at time.Time, before []trouble) {
	for _, t := range p.troubles {
		p.o.Say(Spoken{At: at, Text: t.Text, Wrong: true})
	}
	switch {
	case len(p.troubles) > 0:
	case len(before) > 0:
		p.o.Say(Spoken{At: at, Text: "Mended, and rendered again."})
	case p.changes > 1:
		p.o.Say(Spoken{At: at, Text: "Rendered again."})
	}
	for _, w := range p.shown.Warnings {
		p.o.Say(Spoken{At: at, Text: w, Wrong: true})
	}
}

// now is the newsroom as its files last made sense, and what is wrong with them since.
func (p *proof) now() (*newsroom.Newsroom, *trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n, p.room
}

// mostFile is more than any file that an editor writes, in bytes.
const mostFile = 4 << 20

// file is the editor's file as it is now; empty where none is watched.
func (p *proof) file() ([]byte, error) {
	if p.o.File == "" {
		return nil, nil
	}
	info, err := os.Stat(p.o.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no such file. \"broadsheet edit %s --print > %s\" writes one to begin with", p.ref, p.o.File)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || info.Size() > mostFile:
		return nil, fmt.Errorf("it is no ordinary file of %d MB or less: is it the editor's file?", mostFile>>20)
	}
	return os.ReadFile(p.o.File)
}

// plain is an error with paths as people in the newsroom write them.
func (p *proof) plain(err error) string {
	n, _ := p.now()
	return strings.ReplaceAll(err.Error(), n.Config.Dir+string(filepath.Separator), "")
}

// ServeProof shows an edition on a listener, and renders it again as the files that it
// is made of are saved, until ctx ends. ready is told that it can be looked at.
func ServeProof(ctx context.Context, n *newsroom.Newsroom, l net.Listener, o ProofOptions, ready func()) error {
	p, err := newProof(ctx, n, o)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	ready()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		p.watch(ctx)
	}()
	err = run(ctx, &http.Server{
		Handler:           p.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second, // none to write: a page waits for its next version for hours
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // whoever waits is let go with it
	}, l)
	stop()
	<-watched
	return err
}
