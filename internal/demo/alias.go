package demo

import (
	"fmt"
	"strings"
)

// Names of the demonstration are such that nobody takes them for real ones: 王某甲 is nobody, province 99 does not exist, no account begins
// with so many zeros, and no exchange gives numbers that begin with a zero.

// person answers the name of somebody who is nobody.
func (k *keeper) person(words ...string) string {
	surnames := []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "高"}
	stems := []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"}
	return k.pick(surnames, append(words, "surname")...) + "某" + k.pick(stems, append(words, "stem")...)
}

// firm answers the name of a firm that there is not.
func (k *keeper) firm(n int64) string {
	trades := []string{"机械", "商贸", "科技", "餐饮", "物流", "建材", "服装", "电子", "食品", "印务"}
	return fmt.Sprintf("%s示例%d号%s有限公司", k.place(), n, trades[n%int64(len(trades))])
}

// place answers what people call the district: 沈河, 康平.
func (k *keeper) place() string { return k.edition.Roster.Units[k.index].Short.ZH }

// creditCode answers a unified social credit code of the made-up province 99, with its check digits.
func (k *keeper) creditCode(n int64) string {
	const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	organisation := fmt.Sprintf("D%s%03d", string(k.unit)[2:], n%1000) // seven signs and one of the check
	organisation = organisation[:8]
	code := "9199" + string(k.unit)[2:] + organisation + organisationCheck(organisation)
	sum, weight := 0, 1
	for i := range len(code) {
		sum += strings.IndexByte(digits, code[i]) * weight
		weight = weight * 3 % 31
	}
	return code + string(digits[(31-sum%31)%31])
}

// organisationCheck answers the check digit of an organisation's code by GB 11714.
func organisationCheck(code string) string {
	sum := 0
	for i, weight := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		value := int(code[i] - '0')
		if code[i] >= 'A' {
			value = int(code[i]-'A') + 10
		}
		sum += value * weight
	}
	switch c := 11 - sum%11; c {
	case 10:
		return "X"
	case 11:
		return "0"
	default:
		return fmt.Sprint(c)
	}
}

// bankAccount answers an account number that no bank gives.
func (k *keeper) bankAccount(kind string, n int64) string {
	return fmt.Sprintf("000000%s%s%04d", kind, string(k.unit)[2:], n)
}

// telephone answers a number that no exchange gives.
func (k *keeper) telephone(n int64) string {
	return fmt.Sprintf("024-0%s%03d", string(k.unit)[2:], n%1000)
}
