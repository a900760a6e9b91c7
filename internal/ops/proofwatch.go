package ops

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// proofEvery is how often files are looked at. A change counts when a second look
// finds it as the first did, so that no half-written file is read: within half a second.
const proofEvery = 200 * time.Millisecond

// mostWatched bounds what is looked at in one folder.
const mostWatched = 1000

// stamps tell one state of what a proof is made of from another.
type stamps struct {
	room    string // the newsroom's files
	file    string // the editor's
	edition string // in the store
}

// look reads the stamps as they are now.
func (p *proof) look(ctx context.Context) stamps {
	n, _ := p.now()
	s := stamps{room: stampOf(n.Written()...)}
	if p.o.File != "" {
		s.file = stampOf(p.o.File)
	}
	mark, err := n.Store.LogMark(ctx, p.id)
	s.edition = fmt.Sprint(mark, err)
	return s
}

// watch renders again as things change, until ctx ends.
func (p *proof) watch(ctx context.Context) {
	tick := time.NewTicker(proofEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.follow(ctx)
		}
	}
}

// follow renders again where something has changed and has come to rest.
func (p *proof) follow(ctx context.Context) {
	now := p.look(ctx)
	before, rests := p.seen, now == p.settling
	p.settling = now
	if now == before || !rests || ctx.Err() != nil {
		return
	}
	p.seen = now // before the files are read: what changes meanwhile is another change
	if now.room != before.room {
		p.reread(ctx)
		return
	}
	n, room := p.now()
	p.renew(ctx, n, room)
}

// stampOf tells when files, and all that folders hold, were written last. A file that is
// not there is a state, too.
func stampOf(paths ...string) string {
	var b strings.Builder
	left := mostWatched
	add := func(path string) {
		info, err := os.Stat(path) // through links, as it will be read
		if err != nil {
			fmt.Fprintf(&b, "%s -\n", path)
			return
		}
		fmt.Fprintf(&b, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
	}
	for _, top := range paths {
		if info, err := os.Stat(top); err != nil || !info.IsDir() {
			add(top)
			continue
		}
		_ = filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
			if left--; err != nil || left < 0 {
				return nil // a folder that goes while it is read is another state at the next look
			}
			add(path)
			return nil
		})
	}
	return b.String()
}
