package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3/lock"
)

// migrationLock is the advisory lock under which a process migrates: any fixed
// number, the same in every version.
const migrationLock = 0x62726f61647368 // "broadsh"

// openPostgres opens the database at a postgres:// address.
func openPostgres(ctx context.Context, dsn string) (*Store, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		// pgx masks the password, but not in an address that it cannot parse.
		return nil, errors.New("database: the address cannot be read; it has the form postgres://user@host:5432/name, with special characters of a password %-encoded")
	}
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(8)
	db.SetConnMaxIdleTime(5 * time.Minute)
	where := net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port))) + "/" + cfg.Database
	if err := preparePostgres(ctx, db); err != nil {
		db.Close()
		return nil, explainPostgres(where, cfg.User, err)
	}
	s := newStore(postgresEngine)
	s.write, s.read = db, db
	return s, nil
}

func preparePostgres(ctx context.Context, db *sql.DB) error {
	if err := db.PingContext(ctx); err != nil {
		return fault(err)
	}
	locker, err := lock.NewPostgresSessionLocker(
		lock.WithLockID(migrationLock),
		lock.WithLockTimeout(1, 60), // ask each second, for a minute
	)
	if err != nil {
		return err
	}
	return migrate(ctx, db, postgresEngine, locker)
}

// explainPostgres says what to do about an error of opening.
func explainPostgres(where, user string, err error) error {
	var connect *pgconn.ConnectError
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.Code == "3D000": // invalid_catalog_name
		return fmt.Errorf("open PostgreSQL at %s: there is no such database: make it with createdb", where)
	case errors.As(err, &pg) && (pg.Code == "28P01" || pg.Code == "28000"): // invalid_password, invalid_authorization
		return fmt.Errorf("open PostgreSQL at %s: the server refuses user %s: check the name and the password", where, user)
	case errors.As(err, &connect):
		return fmt.Errorf("open PostgreSQL at %s: no server answers there: start it, or mend database: in the configuration (%s)", where, onceEach(connect.Unwrap()))
	}
	return fmt.Errorf("open PostgreSQL at %s: %w", where, err)
}

// onceEach is an error of several lines without those that say the same: an address is
// tried with TLS and without.
func onceEach(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}
