package torture

import (
	"database/sql"
	"net/url"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // driver "sqlite"

	"github.com/broadsheet-news/broadsheet/subscribers"
)

// ledger is a newsroom's database, read from beside the program.
type ledger struct {
	t  testing.TB
	db *sql.DB
}

func openLedger(t testing.TB, path string) *ledger {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: "_pragma=busy_timeout(5000)&_pragma=synchronous(off)"}).String())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return &ledger{t, db}
}

// states counts the deliveries by their state, and closes the ledger.
func (l *ledger) states() map[string]int {
	l.t.Helper()
	defer l.db.Close()
	rows, err := l.db.Query(`SELECT state, COUNT(*) FROM delivery GROUP BY state`)
	if err != nil {
		l.t.Fatal(err)
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			l.t.Fatal(err)
		}
		counts[state] = n
	}
	if err := rows.Err(); err != nil {
		l.t.Fatal(err)
	}
	return counts
}

// delivery is what the ledger says of one.
type delivery struct {
	subscriber int64
	state      string
	queue      int // the relay's own id, T17; 0: none
}

// deliveries reads them all.
func (l *ledger) deliveries() ([]delivery, error) {
	rows, err := l.db.Query(`SELECT subscriber, state, relay_id FROM delivery`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []delivery
	for rows.Next() {
		var d delivery
		var id string
		if err := rows.Scan(&d.subscriber, &d.state, &id); err != nil {
			return nil, err
		}
		d.queue, _ = strconv.Atoi(strings.TrimPrefix(id, "T"))
		all = append(all, d)
	}
	return all, rows.Err()
}

// check is SQLite's own opinion of the file: "ok".
func (l *ledger) check() (said string, err error) {
	err = l.db.QueryRow(`PRAGMA integrity_check`).Scan(&said)
	return said, err
}

// readers unseals every address, and gives the stored id by reader.
func (l *ledger) readers(keys *subscribers.Keyring) (map[int]subscribers.ID, error) {
	if err := l.unlock(keys); err != nil {
		return nil, err
	}
	rows, err := l.db.Query(`SELECT id, address_sealed FROM subscriber`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[int]subscribers.ID{}
	for rows.Next() {
		var id, sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return nil, err
		}
		place := subscribers.Place{Table: "subscriber", Row: subscribers.ID(id), Field: "address"}
		address, err := keys.Open(place, sealed)
		if err != nil {
			return nil, err
		}
		all[readerOf(address)] = subscribers.ID(id)
	}
	return all, rows.Err()
}

// unlock gives the keyring the data keys.
func (l *ledger) unlock(keys *subscribers.Keyring) error {
	rows, err := l.db.Query(`SELECT id, wrapped FROM data_key`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id uint32
		var wrapped []byte
		if err := rows.Scan(&id, &wrapped); err != nil {
			return err
		}
		if err := keys.AddDataKey(id, wrapped); err != nil {
			return err
		}
	}
	return rows.Err()
}
