package store

import (
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/account"
)

func scanAccount(row scanner) (u account.User, err error) {
	var expires, disabled, locked, created, last, set, opened int64
	var failures, past string
	if err := row.Scan(&u.ID, &u.Name, &u.DisplayName, &u.Role, &u.Unit, &u.PasswordHash, &u.MustChange, &expires,
		&disabled, &locked, &failures, &created, &last, &u.Department, &u.Office, &past, &set, &opened, &u.CodeSecret, &u.CodeStep); err != nil {
		return account.User{}, err
	}
	u.PasswordExpires, u.DisabledAt, u.LockedUntil = moment(expires), moment(disabled), moment(locked)
	u.CreatedAt, u.LastSignIn, u.PasswordSet, u.OpenedAt = moment(created), moment(last), moment(set), moment(opened)
	if past != "" {
		u.PastHashes = strings.Fields(past)
	}
	u.Failures, err = splitTimes(failures)
	return u, err
}

// joinTimes writes times as milliseconds with commas between them.
func joinTimes(times []time.Time) string {
	texts := make([]string, len(times))
	for i, t := range times {
		texts[i] = strconv.FormatInt(millis(t), 10)
	}
	return strings.Join(texts, ",")
}

func splitTimes(s string) (times []time.Time, err error) {
	if s == "" {
		return nil, nil
	}
	for text := range strings.SplitSeq(s, ",") {
		ms, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, err
		}
		times = append(times, moment(ms))
	}
	return times, nil
}
