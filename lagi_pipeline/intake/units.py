from lagi_pipeline.vietnamese.units import *  # temporary
