package mailer

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

// WaveKind says who is in a wave.
type WaveKind string

// The kinds of a wave. The store's CHECK lists the same words.
const (
	WaveStaff   WaveKind = "staff"   // the newsroom's own people
	WaveShare   WaveKind = "share"   // a share of the audience
	WaveReaders WaveKind = "readers" // so many of the audience
	WaveRest    WaveKind = "rest"    // whoever was in no wave before
)

// Wave is a part of an audience that is mailed, and looked at, before the next one.
type Wave struct {
	Kind    WaveKind
	Share   Share         // WaveShare only: of the whole audience
	Readers int64         // WaveReaders only
	Wait    time.Duration // from its end to the start of the next
}

func (w Wave) String() string {
	switch w.Kind {
	case WaveShare:
		return w.Share.String()
	case WaveReaders:
		return strconv.FormatInt(w.Readers, 10) + " readers"
	}
	return string(w.Kind)
}

// Share is a part of a whole, in millionths: 10,000 is 1%.
type Share int64

// Whole is all of it.
const Whole Share = 1_000_000

func (s Share) String() string {
	digits := strings.TrimRight(fmt.Sprintf("%04d", s%(Whole/100)), "0")
	if digits == "" {
		return fmt.Sprintf("%d%%", s/(Whole/100))
	}
	return fmt.Sprintf("%d.%s%%", s/(Whole/100), digits)
}

// PlacesOfSample is how many places a Sample spreads readers over: a prime, so that
// every step of Place has an inverse, and small enough that no product of two of them
// leaves 64 bits.
const PlacesOfSample = 1<<31 - 1

// Sample puts readers in an order that has nothing to do with how long they have been
// readers, so that the first hundredth of it is a fair hundredth of the list. It is
// the same order whoever works it out, and another one for each edition: else the
// same readers would always be the first to get a mistake.
type Sample struct {
	Factor, Shift int64 // between 1, or 0, and PlacesOfSample-1
}

// SampleOf is the order of readers in which a revision of an edition goes out.
func SampleOf(edition int64, revision int) Sample {
	draw := func(what string) int64 {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s/%d/%d", what, edition, revision)
		v := h.Sum64()
		// FNV's high bits follow the last bytes poorly: fold and multiply once more.
		v = (v ^ v>>32) * 0x9E3779B97F4A7C15
		return int64(v >> 33)
	}
	return Sample{Factor: 1 + draw("factor")%(PlacesOfSample-1), Shift: draw("shift") % PlacesOfSample}
}

// Place is where a reader stands, from 0 to PlacesOfSample-1: (factor * number +
// shift)^5 modulo the prime. The fifth power, which is one to one because 5 does not
// divide the prime less one, takes neighbours apart. The store has the same formula
// in SQL, in whole numbers alone.
func (s Sample) Place(number int64) int64 {
	x := (number%PlacesOfSample*s.Factor + s.Shift) % PlacesOfSample
	square := x * x % PlacesOfSample
	return square * square % PlacesOfSample * x % PlacesOfSample
}

// Of is the share of so many readers, one at least where there is anybody.
func (s Share) Of(readers int64) int64 {
	return (int64(s)*readers + int64(Whole) - 1) / int64(Whole)
}

// Size is how many readers a wave is made for, of an audience.
func (w Wave) Size(audience int64) int64 {
	if w.Kind == WaveShare {
		return w.Share.Of(audience)
	}
	return w.Readers
}

// windowStep is how long apart the parts of a window are, at least.
const windowStep = 10 * time.Second

// Spread cuts a list into parts that are laid one after the other over a window:
// width readers each time, the first at once, and the last before the window is over.
func Spread(readers int64, window time.Duration) (width int64, every time.Duration) {
	if readers < 1 || window <= 0 {
		return 0, 0
	}
	parts := min(readers, max(1, int64(window/windowStep)))
	width = (readers + parts - 1) / parts
	parts = (readers + width - 1) / width
	return width, window / time.Duration(parts)
}
