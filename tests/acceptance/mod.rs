mod eur_km;
mod presets;
mod service;
mod ticketing;
mod work;
