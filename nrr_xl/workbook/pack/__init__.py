"""The further sheets of a diligence pack: each ties to the bridge to the cent."""
