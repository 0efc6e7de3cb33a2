// Package reference takes the facts that are told of the works of unions elsewhere and makes files of labelled, made-up records that say the same:
// the studios of Hubei, the young cadres of Wuxi, the payments of Fujian.
package reference
