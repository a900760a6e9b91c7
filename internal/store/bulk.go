package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"time"
)

// Batch is a part of an imported list: readers of one newsletter, on one basis. No
// index may stand in it twice. Sorted by index it is stored several times faster: each
// page of the indices is then touched once.
type Batch struct {
	Newsletter   string
	IndexVersion int
	Consent      Consent       // Newsletter is ignored
	At           time.Time     // now
	Join         BatchRows     // may be nil
	Left         BatchRows     // have left where they come from: kept, so that no import brings them back; may be nil
	Barred       []BatchBarred // are never to be mailed: of them the index alone is kept
}

// BatchRows are readers, sealed as they are asked for. An error ends the batch, and
// nothing of it is stored.
type BatchRows = iter.Seq2[BatchRow, error]

// BatchRow is a reader to put in. Its slices may be parts of larger ones.
type BatchRow struct {
	ID      [16]byte
	Index   [32]byte
	Address []byte    // sealed
	Name    []byte    // sealed; empty where there is none
	Tie     *BatchTie // nil for one that says nothing
}

// BatchTie is what a file says about a subscription.
type BatchTie struct {
	Variant, Language string
	AppealUntil       time.Time
	PausedUntil       time.Time
}

// BatchBarred is an address that is never to be mailed.
type BatchBarred struct {
	Index  [32]byte
	Reason string
}

// BatchCounts says what became of a batch.
type BatchCounts struct {
	Added      int64 // of Join: subscribed now
	Existing   int64 // of Join: was subscribed already
	Left       int64 // of Join: has left here: not brought back
	Suppressed int64 // of Join: never to be mailed
	Gone       int64 // of Left: recorded now as having left
	Barred     int64 // of Barred: suppressed now
	Stayed     int64 // of Left and Barred: asked for the newsletter here, and keep it
}

// packed are rows of one shape as a few parameters: each column in one string of
// bytes, from which SQL cuts the rows out again. Binding a value costs SQLite as much
// as storing it.
type packed struct {
	count                 int
	addressSize, nameSize int
	ids, indices          []byte
	addresses, names      []byte
	tie                   BatchTie
}

// packedRows is how many rows one statement of a batch carries.
const packedRows = 1000

// shape is what rows of one statement have in common.
type shape struct {
	addressSize, nameSize int
	tie                   BatchTie
}

// pack calls use for rows of one shape, at most packedRows at a time, in their order.
func pack(rows BatchRows, use func(*packed) error) error {
	if rows == nil {
		return nil
	}
	open := map[shape]*packed{}
	for r, err := range rows {
		if err != nil {
			return err
		}
		s := shape{len(r.Address), len(r.Name), BatchTie{}}
		if r.Tie != nil {
			s.tie = *r.Tie
		}
		p := open[s]
		if p == nil {
			p = &packed{addressSize: s.addressSize, nameSize: s.nameSize, tie: s.tie}
			open[s] = p
		}
		p.count++
		p.ids = append(p.ids, r.ID[:]...)
		p.indices = append(p.indices, r.Index[:]...)
		p.addresses = append(p.addresses, r.Address...)
		p.names = append(p.names, r.Name...)
		if p.count == packedRows {
			if err := use(p); err != nil {
				return err
			}
			p.count, p.ids, p.indices = 0, p.ids[:0], p.indices[:0]
			p.addresses, p.names = p.addresses[:0], p.names[:0]
		}
	}
	for _, p := range open {
		if p.count > 0 {
			if err := use(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// PutBatch stores a batch in one transaction. Whoever has left or is suppressed here is
// not brought back; who signed up and has not confirmed yet counts as confirmed on the
// batch's basis. Of Left and Barred, who asked for a newsletter here keeps it: the list
// that the batch comes from may be older. A batch put in again changes nothing.
func (s *Store) PutBatch(ctx context.Context, b Batch) (BatchCounts, error) {
	if b.Newsletter == "" {
		return BatchCounts{}, errors.New("put a batch of readers: it lacks its newsletter")
	}
	var n BatchCounts
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		n = BatchCounts{}
		t := batchTx{batchText{tx, s.engine}, &b, &n}
		// Who is not to be mailed comes first, so that nobody is added for a moment.
		if err := t.bar(ctx); err != nil {
			return err
		}
		if err := pack(b.Left, func(p *packed) error { return t.leave(ctx, p) }); err != nil {
			return err
		}
		return pack(b.Join, func(p *packed) error { return t.join(ctx, p) })
	})
	return n, err
}

// LookBatch says what PutBatch would make of the rows to join, by their indices, and
// changes nothing.
func (s *Store) LookBatch(ctx context.Context, newsletter string, indices [][32]byte) (n BatchCounts, err error) {
	t := batchTx{batchText{s.read, s.engine}, &Batch{Newsletter: newsletter}, &n}
	for part := range slices.Chunk(indices, packedRows) {
		p := &packed{count: len(part)}
		for _, index := range part {
			p.indices = append(p.indices, index[:]...)
		}
		if err := t.count(ctx, p); err != nil {
			return n, s.explain(err)
		}
	}
	return n, nil
}
