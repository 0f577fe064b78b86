mod eur_km;
mod presets;
mod ticketing;
