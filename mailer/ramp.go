package mailer

import "time"

// Ramp is how a new relay or sending domain is warmed up: each provider of mailboxes
// gets few messages from it on the first day, and more on each next one, as long as
// it takes them well.
//
// Google's sender guidelines (support.google.com/a/answer/81126, "Increase sending
// volume slowly") ask for what it does: start low, with engaged users; raise slowly,
// where "immediately doubling" may already be limited; where messages bounce or are
// deferred, send less until they are not, then raise again. Plans that services
// publish begin with 50 to 200 a day and grow by 1.3 to 2.5 times (Twilio SendGrid,
// "Warming up an IP address"). The defaults, 50 and half as many more a day, reach
// 10,000 a provider on the 15th day of sending.
//
// A day on which nothing is sent proves nothing: the share stays. So a weekly
// newsletter is on its nth step with its nth edition, unless the rest of an edition
// waits for the next days.
type Ramp struct {
	Since  time.Time // its first day begins; before it, nothing is sent this way
	First  int       // messages to one provider on the first day; 0 is 50
	Growth float64   // a day's share by the last one's, 1 to 3; 0 is 1.5
}

// The bounds of what a provider may answer.
const (
	rampHold  = 5         // of a hundred tries, so many turned away hold the next day's share
	rampHalve = 20        // and so many halve it, and end this day's
	rampFew   = 3         // turned away at least, before anything is halved
	rampMost  = 1_000_000 // a share that is above every need
)

// RampDay is one day of one provider: its share, and what became of the tries.
type RampDay struct {
	Day      string // "2026-12-01"; empty: there was none
	Share    int
	Accepted int // in doubt included
	Deferred int
	Rejected int // this recipient, for good
	Refused  int // us, as policy
}

// Tried is how many messages the provider was asked to take.
func (d RampDay) Tried() int { return d.Accepted + d.bad() }

func (d RampDay) bad() int { return d.Deferred + d.Rejected + d.Refused }

// RampStep says what a day made of the next one's share.
type RampStep string

// The steps.
const (
	RampBegins RampStep = "begins" // there was no day before
	RampGrows  RampStep = "grows"
	RampIdle   RampStep = "idle" // too little was sent to say anything: less than half the share
	RampHolds  RampStep = "holds"
	RampHalves RampStep = "halves"
)

// Next is the share of the day after a day, and why. It is pure: the day's own share
// and results are all that it knows.
func (r Ramp) Next(last RampDay) (int, RampStep) {
	switch tried := last.Tried(); {
	case last.Day == "":
		return r.first(), RampBegins
	case last.Ends():
		return max(1, last.Share/2), RampHalves
	case last.bad()*100 >= tried*rampHold && last.bad() > 0:
		return last.Share, RampHolds
	case 2*tried < last.Share:
		return last.Share, RampIdle
	}
	return min(rampMost, max(last.Share+1, int(float64(last.Share)*r.growth()))), RampGrows
}

// Ends tells a day that goes so badly that nothing more is to be sent on it.
func (d RampDay) Ends() bool {
	return d.bad() >= rampFew && d.bad()*100 >= d.Tried()*rampHalve
}

// Days is how many days it takes to send so many messages to one provider, the first
// with a share of which some is left, if it takes them all well.
func (r Ramp) Days(need, left, share int) int {
	days := 1
	for need -= left; need > 0; need -= share {
		days++
		share, _ = r.Next(RampDay{Day: "before", Share: share, Accepted: share})
	}
	return days
}

func (r Ramp) first() int {
	if r.First <= 0 {
		return 50
	}
	return r.First
}

func (r Ramp) growth() float64 {
	if r.Growth < 1 {
		return 1.5
	}
	return r.Growth
}
