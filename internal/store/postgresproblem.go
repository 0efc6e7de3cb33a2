package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/unionboard/unionboard/internal/assess"
)

// The keys of what a PostgreSQL can meet.
const (
	keyAway    = "problem.database_away"
	keyStandby = "problem.database_standby"
	keyPgFull  = "problem.database_full"
	keyHeld    = "problem.database_held"
)

// isRefusedSignIn says whether the server let nobody in by this name, password or database.
func isRefusedSignIn(err error) bool {
	switch sqlState(err) {
	case "28P01", "28000", "3D000", "42501":
		return true
	}
	return false
}

// isUnanswered says whether a server was dialled: its silence is the server's, whoever's time has run out.
func isUnanswered(err error) bool {
	_, dialled := errors.AsType[*pgconn.ConnectError](err)
	return dialled
}

// IsAway says whether an error is that no PostgreSQL can be reached, or none that can be written to, as while one starts or a standby is promoted.
func IsAway(err error) bool {
	p := asProblem(err)
	return p != nil && (p.Key == keyAway || p.Key == keyStandby)
}

// problem words what the server said; what it quotes stays in the log.
func (e postgres) problem(err error) error {
	code := sqlState(err)
	switch {
	case errors.Is(err, errUnsure):
		return assess.Unavailable("problem.database_unsure",
			"the connection to the database was lost at the last moment, so whether this was saved is not known; look at it again before you repeat it").Because(err)
	case code == "22021": // what was asked for holds a NUL, or is no UTF-8: nothing that is kept does
		return checkSound("\x00")
	case errors.Is(err, errDamaged), code == "XX001", code == "XX002":
		return e.says(keyDamaged, "folder", "the database in %s is damaged; keep it as it is and restore the last backup into a new one", err)
	case code == "28P01", code == "28000":
		return e.says("problem.database_denied", "database", "the PostgreSQL at %s refuses the user or the password; correct database and database_password_file in the configuration; with move, --from-password-file and --to-password-file name the password", err)
	case code == "3D000":
		return e.says("problem.database_missing", "database", "there is no database %s; let its keeper make it (CREATE DATABASE … ENCODING 'UTF8'), or name another one", err)
	case code == "42501", code == "3F000":
		return e.says("problem.database_rights", "database", "the user of %s may not make or change tables there; let the database's keeper make that user its owner", err)
	case code == "25006", errors.Is(err, pgconn.ErrStandbyConnection):
		return e.says(keyStandby, "database", "%s can only be read: it is a standby; name the primary, or all servers with commas between; where those are named and the primary is gone for good, promote the standby", err)
	case code == "53100":
		return e.says(keyPgFull, "database", "the disk of the PostgreSQL at %s is full: nothing was changed, everything saved before is safe; make room on it and try again", err)
	case code == "55P03", code == "40001", code == "40P01":
		return e.says(keyHeld, "database", "another session holds the data in %s; nothing was changed: try again (its keeper finds it in pg_stat_activity; one that waits for SyncRep there lacks its synchronous standby)", err)
	case isLost(err), strings.HasPrefix(code, "53"):
		return e.says(keyAway, "database", "the PostgreSQL at %s cannot be reached, nothing was changed; start it, or look at the network between", err)
	}
	return nil
}

// says makes a problem whose one argument is the place of the database.
func (e postgres) says(key, name, sentence string, cause error) error {
	return assess.Unavailable(key, fmt.Sprintf(sentence, e.at), name, e.at).Because(cause)
}
