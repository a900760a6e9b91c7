package mailer

import (
	"hash/fnv"
	"strconv"
	"time"
)

// RetryPolicy says how long a deferred delivery waits, and when it is given up.
// Zero fields take the defaults.
type RetryPolicy struct {
	First   time.Duration // wait after the first deferral; 0 is 5 minutes. Each next wait is twice the last
	Most    time.Duration // the longest wait; 0 is 4 hours
	GiveUp  time.Duration // from the first try to the last; 0 is 48 hours
	InDoubt DoubtPolicy   // "" is Resend
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.First <= 0 {
		p.First = 5 * time.Minute
	}
	if p.Most <= 0 {
		p.Most = 4 * time.Hour
	}
	if p.GiveUp <= 0 {
		p.GiveUp = 48 * time.Hour
	}
	if p.InDoubt == "" {
		p.InDoubt = Resend
	}
	return p
}

// Next decides what an outcome makes of a delivery. It is pure.
//
//   - accepted and rejected settle it;
//   - deferred makes it due again, after a wait that grows, until GiveUp has passed
//     since the first try: then it is rejected, "out of time";
//   - refused puts it back in the queue, and is not counted as a try: the relay did
//     not speak of the reader. If it had heard the recipient, that one waits a
//     while, lest it be tried over and over beside others that are taken;
//   - in doubt stays in doubt under Hold. Under Resend it is due again like a
//     deferred one, since losing it would be worse than doubling it; out of time it
//     is left in doubt, never rejected, for it may have arrived.
func Next(d Delivery, o Outcome, now time.Time, p RetryPolicy) Result {
	p = p.withDefaults()
	r := Result{Number: d.Number, Attempts: d.Attempts + 1, At: now, Outcome: o}
	first := d.First
	if first.IsZero() {
		first = now
	}
	last := first.Add(p.GiveUp)
	switch o.Class {
	case OutcomeAccepted:
		r.State = Accepted
	case OutcomeRejected:
		r.State = Rejected
	case OutcomeRefused:
		r.State, r.Attempts = Queued, d.Attempts
		if aboutDelivery(o) {
			r.Due = now.Add(p.First + jitter(d, p.First))
		}
	case OutcomeInDoubt:
		r.State = InDoubt
		if p.InDoubt == Resend && now.Before(last) {
			r.State, r.Due = Deferred, due(d, now, last, p)
		}
	default:
		if now.Before(last) {
			r.State, r.Due = Deferred, due(d, now, last, p)
			break
		}
		r.State = Rejected
		r.Outcome.Class = OutcomeRejected
		r.Outcome.Text = "out of time after " + p.GiveUp.String() + "; last: " + o.Text
	}
	return r
}

// due is when a delivery is tried again; the last time is when its time runs out.
func due(d Delivery, now, last time.Time, p RetryPolicy) time.Time {
	wait := p.First
	for range d.Attempts {
		if wait *= 2; wait >= p.Most || wait <= 0 {
			wait = p.Most
			break
		}
	}
	at := now.Add(min(wait, p.Most))
	at = at.Add(jitter(d, min(wait, p.Most)))
	if at.After(last) {
		return last
	}
	return at
}

// jitter spreads deliveries that were deferred together over a fifth of their wait.
// The same delivery always gets the same, so that a plan can be shown before it
// happens.
func jitter(d Delivery, wait time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write(strconv.AppendInt(nil, d.Number, 10))
	_, _ = h.Write(strconv.AppendInt([]byte{'/'}, int64(d.Attempts), 10))
	spread := int64(wait / 5)
	if spread == 0 {
		return 0
	}
	return time.Duration(int64(h.Sum64()>>1) % spread)
}
