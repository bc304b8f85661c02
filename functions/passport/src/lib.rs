//! Products, product passports and scans
