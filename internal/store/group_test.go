package store

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestGroup: what comes while a commit is under way is in the next one, all of it; an
// error is told to those whom it concerns, and nobody else.
func TestGroup(t *testing.T) {
	const many = 300
	begun, goOn := make(chan struct{}), make(chan struct{})
	broken := errors.New("broken")
	var commits [][]int
	commit := func(_ context.Context, values []int) error {
		commits = append(commits, values) // one at a time
		switch len(commits) {
		case 1:
			close(begun)
			<-goOn
		case 2:
			return broken
		}
		return nil
	}
	g := group[int]{commit: commit}
	put := func(value int) chan error {
		answer := make(chan error, 1)
		go func() { answer <- g.put(context.Background(), value) }()
		return answer
	}
	first := put(0)
	<-begun
	var rest []chan error
	for i := range many {
		rest = append(rest, put(i+1))
	}
	for waiting := 0; waiting < many; { // until all of them wait
		g.mu.Lock()
		waiting = len(g.queue)
		g.mu.Unlock()
	}
	close(goOn)
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
	for _, answer := range rest {
		if err := <-answer; !errors.Is(err, broken) {
			t.Fatalf("one of the broken commit: %v", err)
		}
	}
	if err := <-put(many + 1); err != nil {
		t.Errorf("after it: %v", err)
	}
	g.wait()
	if len(commits) != 3 || len(commits[1]) != many {
		t.Errorf("%d commits for %d", len(commits), many+2)
	}
}

// TestGroupAlong: who waits may go with another's transaction; where that fails, they have
// one of their own.
func TestGroupAlong(t *testing.T) {
	begun, goOn := make(chan struct{}, 3), make(chan struct{})
	var commits [][]int
	commit := func(_ context.Context, values []int) error {
		begun <- struct{}{}
		<-goOn
		commits = append(commits, values)
		return nil
	}
	g := group[int]{commit: commit}
	answers := make(chan int, 3)
	put := func(value, waiting int) {
		go func() {
			if err := g.put(context.Background(), value); err == nil {
				answers <- value
			}
		}()
		for is := -1; is != waiting; { // until it is where it is to be
			g.mu.Lock()
			is = len(g.queue)
			g.mu.Unlock()
		}
	}
	put(1, 0)
	<-begun
	put(2, 1)
	values, told := g.along()
	told(nil)
	if got := <-answers; got != 2 || !slices.Equal(values, []int{2}) {
		t.Errorf("%d is answered, %v went along", got, values)
	}
	put(3, 1)
	values, told = g.along()
	close(goOn)
	if got := <-answers; got != 1 {
		t.Errorf("%d is answered", got)
	}
	g.wait()
	told(errors.New("broken"))
	if got := <-answers; got != 3 || !slices.Equal(values, []int{3}) {
		t.Errorf("%d is answered, %v went along", got, values)
	}
	g.wait()
	if len(commits) != 2 || commits[1][0] != 3 {
		t.Errorf("commits: %v", commits)
	}
}

// TestGroupGone: who gives up waiting is answered at once, and harms nobody.
func TestGroupGone(t *testing.T) {
	goOn := make(chan struct{})
	commit := func(ctx context.Context, _ []int) error {
		<-goOn
		return ctx.Err()
	}
	g := group[int]{commit: commit}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := g.put(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	other := make(chan error, 1)
	go func() { other <- g.put(t.Context(), 2) }()
	close(goOn)
	if err := <-other; err != nil {
		t.Errorf("the other: %v", err)
	}
	g.wait()
}

func TestAtOnce(t *testing.T) {
	var lengths []int
	n := 0
	for part := range atOnce(make([]int, 64+64+16+4+4+1+1)) {
		lengths, n = append(lengths, len(part)), n+len(part)
	}
	if want := []int{64, 64, 16, 4, 4, 1, 1}; !slices.Equal(lengths, want) || n != 154 {
		t.Errorf("%v", lengths)
	}
}

// TestTurns: in the order they came, and a sign-up every second time.
func TestTurns(t *testing.T) {
	var turns turns
	ctx := t.Context()
	if err := turns.take(ctx, false); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	ask := func(name string, urgent bool) {
		before := len(turns.first) + len(turns.others)
		go func() {
			if err := turns.take(ctx, urgent); err == nil {
				got <- name
			}
		}()
		for { // until it waits
			turns.mu.Lock()
			now := len(turns.first) + len(turns.others)
			turns.mu.Unlock()
			if now > before {
				return
			}
		}
	}
	for _, name := range []string{"a", "b", "c"} {
		ask(name, false)
	}
	for _, name := range []string{"sign-up 1", "sign-up 2"} {
		ask(name, true)
	}
	gone, leave := context.WithCancel(ctx)
	leave()
	for _, urgent := range []bool{true, false} {
		if err := turns.take(gone, urgent); !errors.Is(err, context.Canceled) {
			t.Errorf("who has gone: %v", err)
		}
	}
	for _, want := range []string{"sign-up 1", "a", "sign-up 2", "b", "c"} {
		turns.give()
		if name := <-got; name != want {
			t.Errorf("%s, want %s", name, want)
		}
	}
	turns.give()
	for range 2 { // nobody waits: it is free
		if err := turns.take(ctx, true); err != nil {
			t.Error(err)
		}
		turns.give()
	}
}
