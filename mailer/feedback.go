package mailer

import "time"

// feedback is how many connections may carry something one way at once, by what comes
// back, as in Postfix's SCHEDULER_README ("concurrency scheduling"):
//
//   - the window lies between 1 and most. Each success widens it by 1/window, each
//     failure narrows it by as much: a window's worth of either moves it by one;
//   - a way that fails for three windows' worth in a row is dead: it is left alone for a
//     wait, then tried with one message, and left alone for twice as long when that
//     fails, too. A success ends all that.
//
// So one failure in a hundred changes nothing, and the zero value is not ready: see
// newFeedback.
type feedback struct {
	most   float64
	window float64
	failed float64   // windows' worth of failures in a row
	deaths int       // in a row
	since  time.Time // the first failure in a row; zero: it works
	until  time.Time // when a dead way may be tried; zero: it is not dead
}

// deadAfter is how many windows' worth of failures in a row make a way dead.
const deadAfter = 3

func newFeedback(most int) feedback {
	return feedback{most: float64(max(1, most)), window: float64(max(1, most))}
}

// good notes a success.
func (f *feedback) good() {
	f.failed, f.deaths, f.since, f.until = 0, 0, time.Time{}, time.Time{}
	f.window = min(f.most, f.window+1/f.window)
}

// bad notes a failure. A way that is dead at the moment was told of before. It tells
// whether the way died of this one: first is how long it is left alone then, the first
// time, and most the longest time.
func (f *feedback) bad(now time.Time, first, most time.Duration) (died bool) {
	if now.Before(f.until) {
		return false
	}
	if f.since.IsZero() {
		f.since = now
	}
	f.failed += 1 / f.window
	f.window = max(1, f.window-1/f.window)
	if f.failed < deadAfter-1e-9 && f.until.IsZero() {
		return false
	}
	wait := first
	for range f.deaths {
		if wait *= 2; wait >= most {
			wait = most
			break
		}
	}
	f.deaths++
	f.failed, f.window, f.until = 0, 1, now.Add(min(wait, most))
	return true
}

// press narrows the window after a failure that is no sign of death.
func (f *feedback) press() { f.window = max(1, f.window-1/f.window) }

// narrow brings the window down to what is there: the other side let no more in.
func (f *feedback) narrow(to int) { f.window = min(f.window, max(1, float64(to))) }

// dead tells whether the way is to be left alone.
func (f *feedback) dead(now time.Time) bool { return now.Before(f.until) }

// tried tells whether the way was dead, and one message is to tell whether it is still.
func (f *feedback) tried(now time.Time) bool { return !f.until.IsZero() && !f.dead(now) }

// pressed tells whether anything is held back.
func (f *feedback) pressed() bool { return f.window < f.most || !f.since.IsZero() }
