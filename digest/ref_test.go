package digest

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRef(t *testing.T) {
	for s, want := range map[string]EditionRef{
		"weekly/2026-11-27T09:00": {Newsletter: "weekly", Slot: "2026-11-27T09:00"},
		"weekly/2026-11-27":       {Newsletter: "weekly", Date: "2026-11-27"},
		"weekly/extra-blackout":   {Newsletter: "weekly", Slot: "extra-blackout"},
		"weekly":                  {Newsletter: "weekly"},
		"de-2/extra-a-1":          {Newsletter: "de-2", Slot: "extra-a-1"},
	} {
		got, err := ParseRef(s)
		if err != nil || got != want || got.String() != s {
			t.Errorf("ParseRef(%q) = %+v, %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", "/", "weekly/", "/2026-11-27", "Weekly", "weekly/2026-11-31", "weekly/2026-11-27T25:00", "weekly/2026-11-27T9:00",
		"weekly/2026-11-27 09:00", "weekly/extra-", "weekly/extra-Big News", "weekly/blackout", "weekly/2026-11-27/2", "../weekly", "weekly\n",
	} {
		_, err := ParseRef(s)
		if err == nil || !strings.Contains(err.Error(), "NEWSLETTER/2026-11-27T09:00") {
			t.Errorf("ParseRef(%q): %v, want an error that tells the forms", s, err)
		}
	}
}

func TestRefNames(t *testing.T) {
	day, _ := ParseRef("weekly/2026-11-27")
	if !day.Names("2026-11-27T09:00") || day.Names("2026-11-28T09:00") || day.Names("extra-x") {
		t.Error("a day names the slots of that day")
	}
	if Ref("weekly", "extra-x").Names("2026-11-27T09:00") || !Ref("weekly", "extra-x").Names("extra-x") {
		t.Error("a slot names itself")
	}
	if all, _ := ParseRef("weekly"); all.Names("extra-x") {
		t.Error("a newsletter names no slot")
	}
}

func TestExtraSlot(t *testing.T) {
	if slot, err := ExtraSlot("blackout"); err != nil || slot != "extra-blackout" || !slot.Valid() || !slot.Extra() || slot.Date() != "" {
		t.Errorf("%q, %v", slot, err)
	}
	for _, name := range []string{"", "-a", "Big", "a b", strings.Repeat("a", 41), "ä"} {
		if _, err := ExtraSlot(name); err == nil || !strings.Contains(err.Error(), "such as blackout") {
			t.Errorf("ExtraSlot(%q): %v", name, err)
		}
	}
}

func TestRefRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-z0-9-]{1,5}(/(extra-[a-z0-9-]{1,4}|20[0-9]{2}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9])?))?`).Draw(t, "ref")
		if ref, err := ParseRef(s); err == nil && ref.String() != s {
			t.Fatalf("%q reads as %+v and is written %q", s, ref, ref.String())
		}
	})
}

func FuzzParseRef(f *testing.F) {
	f.Add("weekly/2026-11-27T09:00")
	f.Add("weekly/extra-blackout")
	f.Fuzz(func(t *testing.T, s string) {
		if ref, err := ParseRef(s); err == nil && ref.String() != s {
			t.Errorf("%q is written %q", s, ref.String())
		}
	})
}
