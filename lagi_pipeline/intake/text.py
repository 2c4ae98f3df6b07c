from lagi_pipeline.vietnamese.text import *  # temporary
