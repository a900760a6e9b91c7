package newsroom

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// oneLetter is a mailing of one letter that is kept nowhere: what a sender needs to
// show what it would do.
type oneLetter struct {
	delivery mailer.Delivery
	message  []byte

	mu   sync.Mutex
	out  bool // its slice is held
	last mailer.Result
}

// took is the relay that took the letter; empty: none did.
func (o *oneLetter) took() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last.State != mailer.Accepted {
		return ""
	}
	return o.last.Outcome.Relay
}

// Next is mailer.Source: the letter, until it has its last result.
func (o *oneLetter) Next(context.Context) (mailer.Lease, []mailer.Delivery, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.out || o.last.State != "" && o.last.State != mailer.Queued {
		return mailer.Lease{}, nil, &mailer.ErrNothingDue{}
	}
	o.out = true
	return mailer.Lease{Mailing: 1, Slice: 1, Epoch: 1}, []mailer.Delivery{o.delivery}, nil
}

// Release is mailer.Source.
func (o *oneLetter) Release(context.Context, mailer.Lease) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out = false
	return nil
}

// Claim is mailer.Ledger.
func (o *oneLetter) Claim(_ mailer.Lease, _ string, numbers []int64, answer func([]int64, error)) {
	answer(numbers, nil)
}

// Park is mailer.Ledger: what is parked is asked for again at once.
func (o *oneLetter) Park(mailer.Lease, time.Time, []int64) {}

// Record is mailer.Ledger.
func (o *oneLetter) Record(_ mailer.Lease, results ...mailer.Result) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range results {
		o.last = r
	}
}

// Flush is mailer.Ledger.
func (o *oneLetter) Flush(context.Context) error { return nil }

// Compose is mailer.Composer.
func (o *oneLetter) Compose(dst []byte, _ mailer.Delivery) ([]byte, error) {
	return append(dst, o.message...), nil
}

// Clean is mailer.Composer: the wire looks for itself.
func (o *oneLetter) Clean() bool { return false }

// refuser is a relay on this machine that lets nobody in, as one does that has
// suspended us.
type refuser struct {
	listener net.Listener
	over     sync.WaitGroup
}

func openRefuser() (*refuser, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &refuser{listener: l}
	r.over.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "554 5.7.1 a rehearsal: this relay is taken to refuse us\r\n")
			_ = conn.Close()
		}
	})
	return r, nil
}

func (r *refuser) address() string { return r.listener.Addr().String() }

func (r *refuser) close() {
	_ = r.listener.Close()
	r.over.Wait()
}
