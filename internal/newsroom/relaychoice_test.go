package newsroom_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// TestUseRelay: by one command from elsewhere a send that goes on changes its relay,
// and nobody is missed or mailed twice.
func TestUseRelay(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		second := openRelay(t, "", "")
		yaml := strings.Replace(string(r.yaml()), "newsletters:", "  - name: second\n    address: "+second.Address()+"\n    tls: none\n    connections: 2\nnewsletters:", 1)
		yaml = strings.Replace(yaml, "  - address: ", "  - name: first\n    address: ", 1)
		r.write(newsroom.ConfigFile, yaml)
		r.again()
		readers := r.readers(0, 3000)
		r.ready()
		operator := r.open("operator")
		if _, err := operator.UseRelay(t.Context(), "first"); err != nil {
			t.Fatal(err)
		}
		slow := demo.Reply{Delay: 10 * time.Millisecond}
		r.sink.fail(demo.Faults{Rcpt: func(string) demo.Reply { return slow }})
		second.fail(demo.Faults{})
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		sent := make(chan error, 1)
		go func() {
			_, err := r.n.Send(ctx, fridays, newsroom.SendOptions{Wait: 5 * time.Second})
			sent <- err
		}()
		trial.Await(t, "the first relay has some", func() bool { return len(r.sink.counts()) > 20 })
		if n := len(second.counts()); n != 0 {
			t.Errorf("%d went by the second relay, which nobody chose", n)
		}
		if _, err := operator.UseRelay(t.Context(), "second"); err != nil {
			t.Fatal(err)
		}
		chosen := time.Now()
		trial.Await(t, "the second relay has some", func() bool { return len(second.counts()) > 0 })
		t.Logf("the choice took hold within %s", time.Since(chosen))
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		first, other := r.sink.counts(), second.counts()
		if len(first)+len(other) != len(readers) || len(other) == 0 {
			t.Errorf("%d by the first, %d by the second, of %d", len(first), len(other), len(readers))
		}
		for who := range first {
			if first[who]+other[who] != 1 {
				t.Error("somebody got it twice")
			}
		}
		if a := r.status(fridays); !a.Complete() {
			t.Errorf("the accounting: %+v", a)
		}
		if !strings.Contains(r.log.String(), "an operator has chosen") {
			t.Error("the log does not say that an operator chose")
		}
	})
}
