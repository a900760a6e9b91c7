package newsroom

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

const resealAtOnce = 5000

// Resealing says how far a change of the master key is: of all readers, how many are
// sealed with the new one.
type Resealing struct{ Done, All int64 }

// Reseal goes on with what a change of the master key has left to do, if any: it seals
// anew what the old data keys have sealed, and drops them. It may be stopped, or die,
// at any moment. watch, which may be nil, is told how far it is.
func (n *Newsroom) Reseal(ctx context.Context, watch func(Resealing)) error {
	_, _, turning, err := n.Store.KeyFacts(ctx)
	if err != nil || !turning || n.Keys.Locked() {
		return err
	}
	version, err := n.Keys.IndexVersion()
	if err != nil {
		return err
	}
	for done := false; !done; {
		if done, err = n.Store.TurnLetters(ctx, resealAtOnce, version, n.resealLetter); err != nil {
			return err
		}
	}
	key := n.Keys.CurrentDataKey()
	if err := n.Store.TurnSignUps(ctx, key, n.resealSignUp); err != nil {
		return err
	}
	var far Resealing
	if watch != nil {
		if far, err = n.resealing(ctx); err != nil {
			return err
		}
		watch(far)
	}
	readers := int64(0)
	for done := false; !done; {
		err := n.resealAll(ctx, key, version, func(count int) {
			readers += int64(count)
			if watch != nil {
				watch(Resealing{Done: min(far.Done+readers, far.All), All: far.All})
			}
		})
		if err != nil {
			return err
		}
		if done, err = n.Store.EndTurn(ctx, key, version, n.Keys.Reindex); err != nil {
			return err
		}
	}
	n.Log.Info("everything is sealed with the new key; the old one opens nothing", "readers", readers)
	return nil
}

// resealAll goes over the readers who are not sealed with the new key, once; did is told
// of each batch.
func (n *Newsroom) resealAll(ctx context.Context, key uint32, version int, did func(readers int)) error {
	for last := int64(0); ; {
		next, count, err := n.Store.TurnReaders(ctx, last, resealAtOnce, key, version, n.resealReaders)
		if err != nil || count == 0 {
			return err
		}
		last = next
		did(count)
	}
}

// resealing counts how far a change of the master key is.
func (n *Newsroom) resealing(ctx context.Context) (Resealing, error) {
	left, all, err := n.Store.TurnLeft(ctx, n.Keys.CurrentDataKey())
	return Resealing{Done: all - left, All: all}, err
}

// resealReaders seals rows anew, on two processors.
func (n *Newsroom) resealReaders(rows []store.Resealed) error {
	var both sync.WaitGroup
	errs := make([]error, 2)
	for part := range 2 {
		both.Go(func() {
			for i := part; i < len(rows) && errs[part] == nil; i += 2 {
				errs[part] = n.resealReader(&rows[i])
			}
		})
	}
	both.Wait()
	return errors.Join(errs...)
}

func (n *Newsroom) resealReader(r *store.Resealed) error {
	typed, err := n.Keys.Open(addressOf(r.ID), r.Address)
	if err != nil {
		return err
	}
	if r.Address, err = n.Keys.Seal(addressOf(r.ID), typed); err != nil {
		return err
	}
	if len(r.Name) > 0 {
		display, err := n.Keys.Open(nameOf(r.ID), r.Name)
		if err != nil {
			return err
		}
		if r.Name, err = n.Keys.Seal(nameOf(r.ID), display); err != nil {
			return err
		}
	}
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return fmt.Errorf("a stored address is none any more: %w", err)
	}
	r.Index, err = n.Keys.Index(address) // from the address: its row may have been moved on before
	return err
}

// resealSignUp leaves one alone that never will open: it is given up when it is due.
func (n *Newsroom) resealSignUp(id [16]byte, sealed []byte) ([]byte, error) {
	plain, err := n.Keys.Open(signUpPlace(id), sealed)
	if err != nil {
		if errors.Is(err, subscribers.ErrLocked) {
			return nil, err
		}
		plain = ""
	}
	return n.Keys.Seal(signUpPlace(id), plain)
}

func (n *Newsroom) resealLetter(dedupe string, index, message []byte) ([]byte, []byte, error) {
	var err error
	if len(index) > 0 {
		if index, err = n.Keys.Reindex(index); err != nil {
			return nil, nil, err
		}
	}
	if len(message) == 0 {
		return index, message, nil
	}
	plain, err := n.Keys.Open(letterPlace(dedupe), message)
	if err != nil {
		if errors.Is(err, subscribers.ErrLocked) {
			return nil, nil, err
		}
		return index, message, nil // a desk's, or one that never will open
	}
	message, err = n.Keys.Seal(letterPlace(dedupe), plain)
	return index, message, err
}

// turnLooks is how often AwaitTurn asks whether it is over, for each time that it counts.
const turnLooks = 8

// AwaitTurn waits until serve has sealed everything anew. watch is told how far it is.
func (n *Newsroom) AwaitTurn(ctx context.Context, watch func(Resealing)) error {
	i := 0
	for range every(ctx, followEvery) {
		_, _, turning, err := n.Store.KeyFacts(ctx)
		if err != nil {
			return err
		}
		if !turning || i%turnLooks == 0 {
			far, err := n.resealing(ctx)
			if err != nil {
				return err
			}
			watch(far)
		}
		if !turning {
			return nil
		}
		i++
	}
	return ctx.Err()
}
