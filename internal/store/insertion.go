package store

import (
	"strconv"
	"strings"
)

// rowsAtOnce is how many rows of a long list one statement takes. Each crossing into SQLite costs about as much as the row itself;
// beyond some thirty rows there is nothing more to be had.
const rowsAtOnce = 32

// insertion writes the rows of one table, many at a time. Its shared columns have the same values in all rows of a call.
type insertion struct {
	one, many   string
	shared, own int
}

func newInsertion(table string, shared, own []string) insertion {
	i := insertion{shared: len(shared), own: len(own)}
	head := "INSERT INTO " + table + " (" + strings.Join(append(append([]string{}, shared...), own...), ", ") + ") VALUES "
	i.one, i.many = head+i.rows(1), head+i.rows(rowsAtOnce)
	return i
}

// rows answers the places of the values of some rows: the shared ones have the same numbers in each, the others go on.
func (i insertion) rows(n int) string {
	var b strings.Builder
	for row := range n {
		if row > 0 {
			b.WriteString(", ")
		}
		for column := range i.shared + i.own {
			number := column + 1
			if column >= i.shared {
				number += row * i.own
			}
			b.WriteString([]string{", $", "($"}[digit(column == 0)] + strconv.Itoa(number))
		}
		b.WriteString(")")
	}
	return b.String()
}

// insert writes n rows: own adds the values of row k to those that are given. An error says the first row that may be to blame.
func (t tx) insert(i insertion, shared []any, n int, own func(args []any, k int) []any) (at int, err error) {
	if err := checkText(shared); err != nil {
		return 0, err
	}
	args := make([]any, 0, i.shared+min(n, rowsAtOnce)*i.own)
	for k := 0; k < n; {
		statement, rows := i.one, 1
		if n-k >= rowsAtOnce {
			statement, rows = i.many, rowsAtOnce
		}
		args = append(args[:0], shared...)
		for row := range rows {
			args = own(args, k+row)
		}
		if err := t.put(statement, args, i.shared); err != nil {
			return k, err
		}
		k += rows
	}
	return n, nil
}

// put runs a statement that answers nothing. The driver takes the values of a query over in one step, those of an execution one by one.
func (t tx) put(statement string, args []any, checked int) error {
	if err := checkText(args[checked:]); err != nil {
		return err
	}
	rows, err := t.sql.Query(statement, args...)
	if err != nil {
		return err
	}
	rows.Next() // the statement has run by now, whatever the driver puts off
	if err := rows.Err(); err != nil {
		rows.Close()
		return err
	}
	return rows.Close()
}
