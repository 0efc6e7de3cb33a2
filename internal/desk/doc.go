// Package desk takes the definitions of a year, what is held of a district and what its people type, and makes the quarterly form,
// its checks, and the report that is signed and handed in: the district's side of a collection and its review by the city.
package desk
