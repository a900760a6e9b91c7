package torture

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// disk is what a disk holds for sure at a moment, and what it may hold.
type disk struct {
	ops   []op // not come to yet
	syncs []op // begun, not ended
	files map[string]*file
}

// file is one file of a disk. What was synced is sure. A name in a folder is sure once
// the folder is synced.
type file struct {
	sure    []byte
	pending []op // writes and truncations that no sync has covered

	named   bool // the name is there for sure
	renamed bool // its making or removal is not sure
	made    bool // it was made, or it was removed
}

func newDisk(rec recording) *disk {
	d := &disk{ops: rec.ops, files: map[string]*file{"broadsheet.db": {}, "broadsheet.db-wal": {}}}
	for name, text := range rec.before {
		d.files[name].sure, d.files[name].named = slices.Clone(text), true
	}
	return d
}

func (f *file) there() bool { return f.renamed && f.made || !f.renamed && f.named }

// forward brings the disk to a moment.
func (d *disk) forward(to time.Time) {
	for {
		// A sync that has ended comes before a call that begins later.
		next := -1
		for i, s := range d.syncs {
			if !s.end.After(to) && (next < 0 || s.end.Before(d.syncs[next].end)) {
				next = i
			}
		}
		call := len(d.ops) > 0 && !d.ops[0].begun.After(to)
		switch {
		case next >= 0 && (!call || !d.ops[0].begun.Before(d.syncs[next].end)):
			d.synced(d.syncs[next])
			d.syncs = slices.Delete(d.syncs, next, next+1)
		case call:
			d.begin(d.ops[0])
			d.ops = d.ops[1:]
		default:
			return
		}
	}
}

func (d *disk) begin(o op) {
	f := d.files[o.file]
	switch o.call {
	case "fsync", "fdatasync":
		d.syncs = append(d.syncs, o)
	case "pwrite64", "ftruncate":
		f.pending = append(f.pending, o)
	case "unlink":
		f.renamed, f.made = true, false
	default: // opened, and made if it was not there
		if !f.there() {
			f.renamed, f.made = true, true
			f.sure, f.pending = nil, nil
		}
	}
}

// synced makes sure what had ended when the sync began.
func (d *disk) synced(s op) {
	if s.file == "" {
		for _, f := range d.files {
			if f.renamed {
				f.named, f.renamed = f.made, false
			}
		}
		return
	}
	f, n := d.files[s.file], 0
	for n < len(f.pending) && !f.pending[n].end.After(s.begun) {
		n++
	}
	f.apply(n)
}

// apply makes the first n pending ops sure.
func (f *file) apply(n int) {
	for _, o := range f.pending[:n] {
		f.sure = resize(f.sure, sizeAfter(int64(len(f.sure)), o))
		copy(f.sure[min(o.offset, int64(len(f.sure))):], o.data)
	}
	f.pending = f.pending[n:]
}

func sizeAfter(size int64, o op) int64 {
	if o.call == "ftruncate" {
		return o.size
	}
	return max(size, o.offset+int64(len(o.data)))
}

func resize(b []byte, size int64) []byte {
	if int64(len(b)) >= size {
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// How much of what is pending is on a disk when the power fails.
const (
	cutNothing = iota // nothing
	cutAll            // all
	cutTorn           // of each sector any of the states it was to go through
	cutModes
)

// cut is one way in which the power may fail.
type cut struct {
	at     time.Time
	mode   int
	sector int64
	seed   uint64
}

// write lays into a folder what a disk may hold after a cut.
func (d *disk) write(dir string, c cut) error {
	random := rand.New(rand.NewPCG(c.seed, 1))
	if err := os.RemoveAll(filepath.Join(dir, "broadsheet.db-shm")); err != nil {
		return err
	}
	for _, name := range []string{"broadsheet.db", "broadsheet.db-wal"} {
		path, f := filepath.Join(dir, name), d.files[name]
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		there := f.there()
		if f.renamed { // the folder's own writes come when they like
			there = c.mode == cutAll && f.made || c.mode == cutNothing && f.named || c.mode == cutTorn && random.IntN(2) == 0
		}
		if !there {
			continue
		}
		if err := os.WriteFile(path, f.after(c, random), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// after is what of a file is left after a cut.
func (f *file) after(c cut, random *rand.Rand) []byte {
	last := map[int64]int{} // how many of the ops have reached a sector
	reached := func(sector int64, of int) int {
		k := sector
		if _, drawn := last[k]; !drawn {
			switch c.mode {
			case cutNothing:
				last[k] = 0
			case cutAll:
				last[k] = len(f.pending)
			default:
				last[k] = random.IntN(of + 1)
			}
		}
		return last[k]
	}
	sizes := []int64{int64(len(f.sure))}
	for _, o := range f.pending {
		sizes = append(sizes, sizeAfter(sizes[len(sizes)-1], o))
	}
	text := resize(slices.Clone(f.sure), slices.Max(sizes))
	for i, o := range f.pending {
		for from := int64(0); from < int64(len(o.data)); {
			at := o.offset + from
			end := min(int64(len(o.data)), from+c.sector-at%c.sector)
			if i < reached(at/c.sector, len(f.pending)) {
				copy(text[at:], o.data[from:end])
			}
			from = end
		}
	}
	switch c.mode {
	case cutNothing:
		return text[:sizes[0]]
	case cutAll:
		return text[:sizes[len(sizes)-1]]
	}
	return text[:sizes[random.IntN(len(sizes))]]
}
