package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	selectContacts = `SELECT account, email, muted FROM contact ORDER BY account`
	selectContact  = `SELECT account, email, muted FROM contact WHERE account = $1`
	upsertContact  = `INSERT INTO contact (account, email, muted) VALUES ($1, $2, $3)
	ON CONFLICT (account) DO UPDATE SET email = excluded.email, muted = excluded.muted`
	selectPhones = `SELECT unit, name, digits FROM phone ORDER BY unit, position`
	deletePhones = `DELETE FROM phone WHERE unit = $1`
	insertPhone  = `INSERT INTO phone (unit, position, name, digits) VALUES ($1, $2, $3, $4)`
)

func scanContact(row scanner) (c assess.Contact, err error) {
	var muted int
	err = row.Scan(&c.Account, &c.Email, &muted)
	c.Muted = muted == 1
	return c, err
}

// Contacts answers how the accounts are reached that have said so.
func (s *Store) Contacts(ctx context.Context) ([]assess.Contact, error) {
	all, err := list(ctx, s.reader, scanContact, selectContacts)
	return all, s.explain("read contacts", err)
}

// Contact answers how an account is reached; nothing but its ID where it has not said so.
func (s *Store) Contact(ctx context.Context, account string) (assess.Contact, error) {
	c, err := scanContact(s.reader.QueryRowContext(ctx, selectContact, account))
	if errors.Is(err, sql.ErrNoRows) {
		return assess.Contact{Account: account}, nil
	}
	return c, s.explain("read a contact", err)
}

// PutContact says how an account is reached from now on.
func (s *Store) PutContact(ctx context.Context, c assess.Contact, line assess.AuditLine) error {
	return s.aside(ctx, "set a contact", func(t tx) ([]assess.AuditLine, error) {
		if _, err := t.account(c.Account); err != nil {
			return nil, err
		}
		_, err := t.exec(upsertContact, c.Account, c.Email, digit(c.Muted))
		return []assess.AuditLine{line}, err
	})
}

// Phones answers who is called in each unit, in the order of the list.
func (s *Store) Phones(ctx context.Context) (map[assess.UnitCode][]assess.Phone, error) {
	phones := map[assess.UnitCode][]assess.Phone{}
	type row struct {
		unit assess.UnitCode
		assess.Phone
	}
	scan := func(from scanner) (r row, err error) {
		err = from.Scan(&r.unit, &r.Name, &r.Number)
		return r, err
	}
	err := each(ctx, s.reader, scan, func(r row) error { phones[r.unit] = append(phones[r.unit], r.Phone); return nil }, selectPhones)
	return phones, s.explain("read phones", err)
}

// PutPhones replaces the list of those who are called in a unit.
func (s *Store) PutPhones(ctx context.Context, unit assess.UnitCode, phones []assess.Phone, line assess.AuditLine) error {
	return s.aside(ctx, "set phones", func(t tx) ([]assess.AuditLine, error) {
		if _, err := t.exec(deletePhones, string(unit)); err != nil {
			return nil, err
		}
		for i, p := range phones {
			if _, err := t.exec(insertPhone, string(unit), i, p.Name, p.Number); err != nil {
				return nil, err
			}
		}
		return []assess.AuditLine{line}, nil
	})
}
